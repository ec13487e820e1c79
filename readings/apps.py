from django.apps import AppConfig


class ReadingsConfig(AppConfig):
    name = "readings"
    verbose_name = "Readings"
    default_auto_field = "django.db.models.BigAutoField"
