from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "aftersale.support"
    label = "support"
    default_auto_field = "django.db.models.BigAutoField"
