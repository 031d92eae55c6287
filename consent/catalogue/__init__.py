"""The catalogue: partners, their services and cookies, and whose a URL or an inline script is.

Matching is by URL boundaries, label by label, the longest path first; no regular expression runs on a request.
"""

from consent.catalogue.catalogue import Catalogue as Catalogue
from consent.catalogue.service import Cookie as Cookie, Partner as Partner, Service as Service
