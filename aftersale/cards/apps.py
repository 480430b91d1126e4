from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "aftersale.cards"
    label = "cards"
    default_auto_field = "django.db.models.BigAutoField"
