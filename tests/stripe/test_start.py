"""A site without Stripe does not wait for Stripe's library."""

import os
import subprocess
import sys

START = """
import django, sys
django.setup()
import aftersale.config.urls, aftersale.config.worker
assert "aftersale.payments.providers.registry" in sys.modules
assert "stripe" not in sys.modules
"""


def test_a_site_that_does_not_use_stripe_starts_without_its_library():
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "aftersale.config.settings", "STRIPE_SECRET_KEY": ""}
    subprocess.run([sys.executable, "-c", START], check=True, env=env)
