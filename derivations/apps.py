from django.apps import AppConfig


class DerivationsConfig(AppConfig):
    name = "derivations"
    verbose_name = "Derivations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import signals  # noqa: F401  # its receivers
