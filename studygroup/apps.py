from django.apps import AppConfig


class StudygroupConfig(AppConfig):
    name = "studygroup"
    default_auto_field = "django.db.models.BigAutoField"
