"""Addresses of the members room."""

from django.urls import path

from .views import accounts, groups, invitations

app_name = "members"

urlpatterns = [
    path("profile/", accounts.profile, name="profile"),
    path("profile/data/", accounts.download_own_data, name="own-data"),
    path("profile/close/", accounts.close, name="close-account"),
    path("groups/new/", groups.new, name="new"),
    path("groups/<slug:slug>/settings/", groups.group_settings, name="settings"),
    path("groups/<slug:slug>/hand-over/", groups.hand_over, name="hand-over"),
    path("groups/<slug:slug>/leave/", groups.leave, name="leave"),
    path("groups/<slug:slug>/members/", groups.member_list, name="list"),
    path("groups/<slug:slug>/members/<int:pk>/", groups.detail, name="detail"),
    path("groups/<slug:slug>/members/<int:pk>/role/", groups.change_role, name="change-role"),
    path("groups/<slug:slug>/members/<int:pk>/remove/", groups.remove, name="remove"),
    path("groups/<slug:slug>/members/<int:pk>/restore/", groups.restore, name="restore"),
    path("groups/<slug:slug>/invitations/", invitations.invitation_list, name="invitations"),
    path("groups/<slug:slug>/invitations/new/", invitations.invite, name="invite"),
    path("groups/<slug:slug>/invitations/link/", invitations.invite_link, name="invite-link"),
    path("groups/<slug:slug>/invitations/<int:pk>/revoke/", invitations.revoke, name="revoke"),
    path("groups/<slug:slug>/invitations/<int:pk>/resend/", invitations.resend, name="resend"),
    path("invitations/<slug:token>/", invitations.accept, name="accept"),
]
