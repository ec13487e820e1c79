"""The members room in Django's admin, for whoever runs the site."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from .models import Group, Invitation, Membership, User


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]  # generic only in the stubs
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    add_form = NewUserForm
    ordering = ["email"]
    list_display = ["email", "name", "time_zone", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    readonly_fields = ["date_joined", "last_login"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["name", "time_zone", "affiliation", "about"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ["name", "slug", "time_zone", "cadence", "created_at"]
    search_fields = ["name", "slug"]
    raw_id_fields = ["created_by"]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ["user", "group", "role", "joined_at", "left_at"]
    list_filter = ["role"]
    list_select_related = ["user", "group"]
    search_fields = ["user__email", "user__name", "group__name"]
    raw_id_fields = ["user", "group", "invitation", "removed_by"]


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Without the token: who sees it can join."""

    list_display = ["group", "email", "role", "uses", "max_uses", "expires_at", "revoked_at", "sent_at"]
    list_select_related = ["group"]
    raw_id_fields = ["group", "created_by"]
    exclude = ["token"]
    readonly_fields = ["uses", "last_used_at", "sent_at", "send_error"]
