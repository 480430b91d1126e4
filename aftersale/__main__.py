"""The command `aftersale`: finds the module of its first word and hands over the rest."""

import importlib
import sys

COMMANDS = {
    "demo": ("aftersale.config.commands.demo", "make a demo marketplace and run it"),
    "serve": ("aftersale.config.commands.serve", "serve the site"),
    "worker": ("aftersale.config.commands.worker", "send notifications, settle refunds, keep deadlines"),
    "mail": ("aftersale.config.commands.mail", "take mails in: as a server, or one from a pipe"),
    "import": ("aftersale.config.commands.import_orders", "bring orders in: aftersale import PROFILE SOURCE"),
    "policy": ("aftersale.policy.cli", "work with a policy document"),
    "verify": ("aftersale.config.commands.verify", "recompute every invariant over the database"),
    "accounts": ("aftersale.config.commands.accounts", "give people a way to sign in"),
    "receipt": ("aftersale.config.commands.receipt", "check the receipt of a removed card, offline"),
    "keys": ("aftersale.config.commands.keys", "make and revoke API keys"),
    "django": ("aftersale.config.commands.django_command", "run a command of Django's, such as migrate"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run `aftersale COMMAND ...` and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return 0
    if words[0] not in COMMANDS:
        print(f"aftersale: `{words[0]}` is not a command I know\n{_help()}", file=sys.stderr)
        return 2
    # Only the module that was asked for is imported: `policy decide` must start without Django.
    command = importlib.import_module(COMMANDS[words[0]][0])
    code: int = command.main(words[1:])
    return code


def _help() -> str:
    rows = [f"  {name:9} {purpose}" for name, (_, purpose) in COMMANDS.items()]
    return "\n".join(["usage: aftersale COMMAND ...", "", *rows])


if __name__ == "__main__":
    sys.exit(main())
