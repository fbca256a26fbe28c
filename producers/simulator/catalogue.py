"""The chain of one seed: its stores, tills and products, and their popularity."""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from faker import Faker

from producers.simulator.groceries import CATEGORIES, WEIGHED, Category
from schemas.generated import Product, Store
from schemas.record import Record
from views.barcodes import check_digit

SKEW = 0.9
"""Exponent of Zipf's law: the n-th best seller sells n ** -SKEW times what the first does."""
LINES_A_DAY = 200
"""Receipt lines a day of an average store, by which reorder points are set."""
UNITS_A_LINE = 1.5
DAYS_OF_COVER = 7
"""Days of sales between the reorder point and the full shelf."""
CASE = 6
"""Units in one case, the smallest order."""
WEIGHTS = (0.7, 1.3)
"""Least and greatest weight that a customer takes, as a share of the average."""
PLACES = ("Market", "Station", "Harbour", "Old Town", "Park", "Bridge")
ZONES = ("Europe/Dublin", "Europe/Berlin", "Europe/Helsinki")
IN_STORE = "20"
"""First digits of an EAN-13 that a chain gives its own goods."""
ALWAYS_OPEN = "Mo-Su 00:00-24:00"
"""Opening hours of all stores: the tills of a live chain sell day and night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedStore:
    """One store with its tills."""

    fact: Store
    terminals: tuple[str, ...]
    """Identities of its tills."""
    weight: float
    """Share of the chain's customers, relative to the other stores' weights."""

    @property
    def store_id(self) -> str:
        return self.fact.store_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Stores and products of a chain."""

    stores: tuple[SimulatedStore, ...]
    products: tuple[Product, ...]
    popularity: tuple[float, ...]
    """Share of all receipt lines of each product, in the same order; sums to 1."""
    portions: Mapping[str, int]
    """Grams that a customer takes, on average, of the SKUs that are sold by weight."""

    def portion(self, sku: str) -> int:
        """Return what a customer takes of a product, on average: 1 piece, or grams."""
        return self.portions.get(sku, 1)

    def taken(self, sku: str, portions: int, occasion: str) -> int:
        """Return the pieces or grams of some portions; no two pieces of cheese weigh the same.

        occasion: another one has another weight, without a change of any other random number.
        """
        if sku not in self.portions:
            return portions
        share = random.Random(f"{occasion}:{sku}").uniform(*WEIGHTS)
        return max(round(portions * self.portions[sku] * share), 1)

    @property
    def facts(self) -> Iterator[Record]:
        """The records of all stores and products."""
        yield from (store.fact for store in self.stores)
        yield from self.products


def catalogue(seed: int, stores: int = 6, skus: int = 240) -> Catalogue:
    """Build a chain; the same arguments give the same chain."""
    rng = random.Random(f"catalogue:{seed}")
    faker = Faker("en_US")
    faker.seed_instance(seed)
    popularity = _popularity(rng, skus)
    products = tuple(
        _product(rng, faker, CATEGORIES[n % len(CATEGORIES)], n // len(CATEGORIES), share)
        for n, share in enumerate(popularity)
    )
    return Catalogue(
        stores=tuple(_store(rng, faker, number + 1) for number in range(stores)),
        products=products,
        popularity=popularity,
        portions={
            product.sku: WEIGHED[good].grams
            for product in products
            for good in WEIGHED
            if product.name.endswith(good)
        },
    )


def _popularity(rng: random.Random, skus: int) -> tuple[float, ...]:
    weights = [(rank + 1) ** -SKEW * rng.lognormvariate(0, 0.25) for rank in range(skus)]
    rng.shuffle(weights)
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _store(rng: random.Random, faker: Faker, number: int) -> SimulatedStore:
    city = faker.city()
    return SimulatedStore(
        fact=Store(
            store_id=f"S{number:02d}-{city.replace(' ', '-')}",
            name=f"{city} {PLACES[number % len(PLACES)]}",
            time_zone=ZONES[number % len(ZONES)],
            opening_hours=ALWAYS_OPEN,
        ),
        terminals=tuple(f"T{till + 1}" for till in range(rng.randint(2, 6))),
        weight=rng.lognormvariate(0, 0.35),
    )


def _product(
    rng: random.Random, faker: Faker, category: Category, number: int, share: float
) -> Product:
    good = category.goods[number % len(category.goods)]
    weighed = WEIGHED.get(good)
    price = (weighed.price if weighed else category.price) * rng.lognormvariate(0, 0.4)
    daily = share * LINES_A_DAY * UNITS_A_LINE
    lead_time = rng.randint(1, 3)
    portion = weighed.grams if weighed else 1
    reorder_point = math.ceil(daily * (lead_time + 1) + 2 * math.sqrt(daily * (lead_time + 1)))
    return Product(
        sku=f"{category.code}-{number + 1:04d}",
        name=f"{faker.last_name()} {good}",
        category=category.name,
        # Shelf prices end in 9.
        unit_price=Decimal(max(round(price * 10), 1) * 10 - 1).scaleb(-2),
        reorder_point=reorder_point * portion,
        order_up_to=(reorder_point + max(math.ceil(daily * DAYS_OF_COVER), CASE)) * portion,
        lead_time=lead_time,
        unit="g" if weighed else None,
        barcodes=_barcode(CATEGORIES.index(category), number),
    )


def _barcode(category: int, number: int) -> str:
    """Return the EAN-13 of a product, by the numbers of its category and in it."""
    digits = f"{IN_STORE}{category:03d}{number + 1:07d}"
    return f"{digits}{check_digit(digits)}"
