"""HTML as bytes, edited by splices: nothing is decoded, parsed into a tree or serialised.

Knows no consent: it takes a judge, which says what is held under which label, and bytes to insert.
"""

from consent.html.fetching import Use as Use
from consent.html.holding import Holder as Holder
from consent.html.injection import Insertion as Insertion
from consent.html.judging import Judge as Judge
from consent.html.limits import Limit as Limit
from consent.html.rewriter import Rewriter as Rewriter, make_holder as make_holder
from consent.html.texts import Texts as Texts
