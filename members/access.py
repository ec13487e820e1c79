"""How a page finds its group: strangers and former members get 404, so that a group's name tells them nothing."""

from django.http import Http404, HttpRequest

from .models import Group, Role, User

__all__ = ["group_or_404", "is_member", "is_organiser", "may_read", "may_write"]


def group_or_404(request: HttpRequest, slug: str) -> Group:
    """Return the reader's group called `slug` and set `request.group` and `request.role` for the layout. Costs the one
    query of `user.current_memberships`. Raises Http404 for strangers and former members."""
    user = request.user
    assert isinstance(user, User)
    for membership in user.current_memberships:
        if membership.group.slug == slug:
            request.group = membership.group  # type: ignore[attr-defined]  # for the layout
            request.role = Role(membership.role)  # type: ignore[attr-defined]  # for the layout
            request.membership = membership  # type: ignore[attr-defined]  # for the layout
            return membership.group
    raise Http404("No group of yours has this address.")


def may_read(user: User, group: Group | int) -> bool:
    """Whether `user` is in the group now, in any role."""
    return user.role_in(group) is not None


def may_write(user: User, group: Group | int) -> bool:
    """Whether `user` may add and change things in the group: its organisers and members, not its observers."""
    return user.role_in(group) in (Role.ORGANISER, Role.MEMBER)


def is_member(user: User, group: Group | int) -> bool:
    return user.role_in(group) == Role.MEMBER


def is_organiser(user: User, group: Group | int) -> bool:
    return user.role_in(group) == Role.ORGANISER
