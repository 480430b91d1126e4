"""The demo: everything from nothing, the same data the second time, and nothing left behind after Ctrl-C."""

import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from aftersale.accounts.models import User
from aftersale.config.demo import marketplace
from aftersale.config.demo.marketplace import NoDemo
from aftersale.config.demo.people import ANN, BUYERS, SHOPS
from aftersale.config.demo.running import free_port
from aftersale.orders.models import Order, Parcel, Tender
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import unpaid_orders
from aftersale.returns.models import Return, ReturnLine

pytestmark = pytest.mark.slow


@pytest.fixture
def start(tmp_path):
    # Its own file, whatever database the tests use.
    env = {**os.environ, "AFTERSALE_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3"}
    started = []

    def start(*options):
        command = [sys.executable, "-m", "aftersale", "demo", "--port", str(free_port(0)), *options]
        demo = subprocess.Popen(
            command,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append(demo)
        return demo

    yield start
    for demo in started:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(30)
        demo.stdout.close()


def address_of(demo):
    return said_by(demo, r"http://127\.0\.0\.1:\d+")[0]


def said_by(demo, pattern):
    said = []
    for line in demo.stdout:
        said.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError("".join(said))


def answers(address):
    try:
        return urlopen(address, timeout=10).status
    except HTTPError as error:
        return error.code


@pytest.mark.only_on("sqlite")
def test_the_demo_opens_and_ends_with_ctrl_c(start, tmp_path):
    demo = start()
    address = address_of(demo)
    assert answers(address) < 500
    write = said_by(demo, r"Write one to it: (.+)")[1]
    assert subprocess.run(shlex.split(write), check=False).returncode == 0
    with sqlite3.connect(tmp_path / "demo.sqlite3") as data:
        mails = data.execute("SELECT subject, text, via FROM support_incomingmail").fetchall()
    data.close()
    assert ("My lamp", "Where is it?", "smtp") in mails
    demo.send_signal(signal.SIGINT)
    rest = demo.communicate(timeout=60)[0]
    assert demo.returncode == 0, rest
    with pytest.raises(URLError):
        urlopen(address, timeout=2)

    demo = start("--no-serve")
    assert demo.communicate(timeout=60)[0] == ""
    assert demo.returncode == 0


def test_the_marketplace_has_every_kind_of_order(demo_marketplace):
    orders = Order.objects.all()
    assert orders.count() > 280
    assert set(orders.values_list("currency", flat=True)) == {"EUR", "CNY", "BRL", "JPY"}
    assert set(Tender.objects.values_list("kind", flat=True)) == {"card", "balance", "bank_transfer"}
    assert orders.filter(cancelled_at__isnull=False).exists()
    assert orders.filter(marked_delivered_at__isnull=False).exists()
    assert orders.filter(groups__parcels=None).exists()
    assert Parcel.objects.exclude(events__kind="delivered").exists()
    assert orders.filter(customer__email=ANN.email).count() == 21
    assert [order.code for order in unpaid_orders(User.objects.get(email=ANN.email))] == [
        "WM-10018",
        "WM-10019",
        "WM-10020",
        "WM-10021",
    ]
    assert list(Charge.objects.order_by("pk").values_list("family", "state")) == [
        ("silent", "declined"),
        ("funds", "declined"),
        ("", "created"),
    ]
    assert set(orders.values_list("customer__customer_code", flat=True)) == {one.code for one in BUYERS}
    assert {group.supplier.code for order in orders for group in order.groups.all()} == {
        shop.code for shop in SHOPS
    }
    assert Return.objects.count() == 10
    assert len(set(ReturnLine.objects.values_list("state", flat=True))) >= 6


def test_the_demo_leaves_somebody_s_own_orders_alone(bring_in_one, ports, tmp_path, monkeypatch):
    monkeypatch.setattr(marketplace, "FOLDER", tmp_path)
    before = list(Order.objects.values())
    with pytest.raises(NoDemo):
        marketplace.start_over(say=print)
    with pytest.raises(NoDemo):
        marketplace.make_marketplace(ports=ports, say=print)
    assert list(Order.objects.values()) == before


def test_a_lost_password_is_made_anew(demo_marketplace, ports):
    kept = marketplace.FOLDER / "password"
    assert kept.read_text().strip() == demo_marketplace
    assert kept.stat().st_mode & 0o077 == 0
    kept.unlink()
    password = marketplace.make_marketplace(ports=ports, say=print)
    assert User.objects.get(email="mia@example.com").check_password(password)
    assert not User.objects.get(email="carol@example.com").has_usable_password()
