"""allauth's forms in our words: labels as we write them, and no placeholders that repeat them."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa_base
from allauth.mfa.totp import forms as mfa_totp

LABELS = {
    "login": "Mail address",
    "email": "Mail address",
    "oldpassword": "Present password",
    "password": "Password",
    "code": "Code",
}


class _OurWords:
    fields: dict[str, Any]
    labels: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name) or LABELS.get(name) or field.label
            if name == "password1":
                field.help_text = "At least 10 characters. A sentence you remember is best."
            if name == "code":
                field.widget.attrs |= {"spellcheck": "false", "autocapitalize": "characters"}


class LoginForm(_OurWords, account.LoginForm):
    pass


class SignupForm(_OurWords, account.SignupForm):
    labels = {"password1": "Password"}


class AddEmailForm(_OurWords, account.AddEmailForm):
    labels = {"email": "New mail address"}


class ChangeEmailForm(_OurWords, account.ChangeEmailForm):
    labels = {"email": "The right mail address"}


class ChangePasswordForm(_OurWords, account.ChangePasswordForm):
    labels = {"password1": "New password", "password2": "New password, once more"}


class SetPasswordForm(_OurWords, account.SetPasswordForm):
    labels = {"password1": "Password", "password2": "Password, once more"}


class ResetPasswordForm(_OurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_OurWords, account.ResetPasswordKeyForm):
    labels = {"password1": "New password", "password2": "New password, once more"}


class ReauthenticateForm(_OurWords, account.ReauthenticateForm):
    pass


class RequestLoginCodeForm(_OurWords, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(_OurWords, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(_OurWords, account.ConfirmEmailVerificationCodeForm):
    pass


class AuthenticateForm(_OurWords, mfa_base.AuthenticateForm):
    labels = {"code": "Code of your app, or a recovery code"}


class ReauthenticateByCodeForm(_OurWords, mfa_base.ReauthenticateForm):
    labels = {"code": "Code of your app, or a recovery code"}


class ActivateTOTPForm(_OurWords, mfa_totp.ActivateTOTPForm):
    labels = {"code": "Code that the app shows now"}
