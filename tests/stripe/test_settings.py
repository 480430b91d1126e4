"""A setting of Stripe's that is another thing stops the start, and is shown to nobody."""

import pytest

from aftersale.config import environment
from aftersale.config.environment import SettingError


def test_a_publishable_key_is_no_secret_key(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "pk_live_of_nobody")
    with pytest.raises(SettingError, match="STRIPE_SECRET_KEY takes what begins with sk_ or rk_") as error:
        environment.secret("STRIPE_SECRET_KEY", "sk_", "rk_")
    assert "pk_live" not in str(error.value)


def test_a_key_is_one_and_secrets_may_be_two(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_one sk_two")
    with pytest.raises(SettingError, match="takes one secret"):
        environment.secret("STRIPE_SECRET_KEY", "sk_", "rk_")
    assert environment.secrets("STRIPE_SECRET_KEY", "sk_") == ["sk_one", "sk_two"]


def test_none_set_is_none(monkeypatch):
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    assert environment.secret("STRIPE_SECRET_KEY", "sk_", "rk_") == ""


def test_a_key_in_a_file_is_read_from_there(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("rk_of_nobody\n", encoding="utf-8")
    monkeypatch.setenv("STRIPE_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert environment.secret("STRIPE_SECRET_KEY", "sk_", "rk_") == "rk_of_nobody"
