"""Every URL that answers without a log-in, with the reason. A test compares this list with the resolver."""

PUBLIC = {
    "health": "a monitor has no account",
    "admin:login": "leads to our own log-in",
    "account_login": "one is signed out here",
    "account_logout": "logging out twice is no error",
    "account_inactive": "tells a person whose account is closed why log-in ended",
    "account_signup": "one has no account yet",
    "account_email_verification_sent": "the address is confirmed before the first log-in",
    "account_reset_password": "one cannot log in",
    "account_reset_password_done": "one cannot log in",
    "account_reset_password_from_key": "one cannot log in; the key is the proof",
    "account_reset_password_from_key_done": "one cannot log in",
    "account_request_login_code": "one is signed out here",
    "account_confirm_login_code": "one is signed out here; the code is the proof",
    "mfa_authenticate": "the second step of a log-in",
}
