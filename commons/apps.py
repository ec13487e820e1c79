from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from mathtext import use_temml


class CommonsConfig(AppConfig):
    name = "commons"
    verbose_name = "Commons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("panels", "links")
        if settings.TEMML_PATH:
            use_temml(settings.TEMML_PATH)
