from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "study_sessions"  # django.contrib.sessions holds the label `sessions`
    verbose_name = "Sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import signals  # noqa: F401  # connects its receivers
