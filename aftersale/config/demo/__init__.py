"""The demo marketplace, made up from one seed: people, goods, orders, and some returns in every state.

people, goods     who lives in it and what it sells      drafts     an order while it is made up
crowd, ann        the many orders, and Ann's named ones  marketplace  makes it all, once
talk, threads     what people ask, and are answered
returns           returns in several states              running    the site and the worker, until Ctrl-C
"""
