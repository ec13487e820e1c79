from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CommonsConfig(AppConfig):
    name = "commons"
    verbose_name = "Commons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("panels")
