"""Addresses of saved cards and their removal."""

from django.urls import path

from aftersale.web import cards, cards_desk

urlpatterns = [
    path("account/cards/", cards.cards, name="cards"),
    path("account/cards/add/", cards.add, name="card_add"),
    path("account/cards/removals/<str:reference>/", cards.removal, name="removal"),
    path("account/cards/removals/<str:reference>/proof/", cards.proof, name="removal_proof"),
    path("account/cards/removals/<str:reference>/code/", cards.proof_code, name="removal_code"),
    path("account/cards/removals/<str:reference>/submit/", cards.submit, name="removal_submit"),
    path("account/cards/removals/<str:reference>/withdraw/", cards.withdraw, name="removal_withdraw"),
    path("account/cards/removals/<str:reference>/receipt/", cards.receipt, name="removal_receipt"),
    path("account/cards/<str:reference>/added/", cards.added, name="card_added"),
    path("account/cards/<str:reference>/frozen/", cards.frozen, name="card_frozen"),
    path("account/cards/<str:reference>/unfreeze/", cards.unfreeze, name="card_unfreeze"),
    path("account/cards/<str:reference>/remove/", cards.remove, name="card_remove"),
    path("cards/stop/<str:secret>/", cards_desk.stop, name="card_stop"),
    path("cards/receipt-key/", cards_desk.key_page, name="receipt_key"),
    path("cards/receipt-key.pem", cards_desk.key_file, name="receipt_key_file"),
    path("desk/cards/", cards_desk.queue, name="desk_cards"),
    path("desk/cards/<str:reference>/", cards_desk.removal, name="desk_card"),
    path("desk/cards/<str:reference>/confirm/", cards_desk.confirm, name="desk_card_confirm"),
]
