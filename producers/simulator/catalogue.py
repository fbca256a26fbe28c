"""The chain of one seed: its stores, tills and products, and their popularity."""

import math
import random
from dataclasses import dataclass
from decimal import Decimal

from faker import Faker

from producers.simulator.groceries import CATEGORIES, Category
from schemas.generated import Product

SKEW = 0.9
"""Exponent of Zipf's law: the n-th best seller sells n ** -SKEW times what the first does."""
LINES_A_DAY = 200
"""Receipt lines a day of an average store, by which reorder points are set."""
UNITS_A_LINE = 1.5
DAYS_OF_COVER = 7
"""Days of sales between the reorder point and the full shelf."""
CASE = 6
"""Units in one case, the smallest order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One store."""

    store_id: str
    terminals: tuple[str, ...]
    """Identities of its tills."""
    weight: float
    """Share of the chain's customers, relative to the other stores' weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Stores and products of a chain."""

    stores: tuple[Store, ...]
    products: tuple[Product, ...]
    popularity: tuple[float, ...]
    """Share of all receipt lines of each product, in the same order; sums to 1."""


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
    )


def _popularity(rng: random.Random, skus: int) -> tuple[float, ...]:
    weights = [(rank + 1) ** -SKEW * rng.lognormvariate(0, 0.25) for rank in range(skus)]
    rng.shuffle(weights)
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _store(rng: random.Random, faker: Faker, number: int) -> Store:
    store_id = f"S{number:02d}-{faker.city().replace(' ', '-')}"
    return Store(
        store_id=store_id,
        terminals=tuple(f"T{till + 1}" for till in range(rng.randint(2, 6))),
        weight=rng.lognormvariate(0, 0.35),
    )


def _product(
    rng: random.Random, faker: Faker, category: Category, number: int, share: float
) -> Product:
    good = category.goods[number % len(category.goods)]
    price = category.price * rng.lognormvariate(0, 0.4)
    daily = share * LINES_A_DAY * UNITS_A_LINE
    lead_time = rng.randint(1, 3)
    reorder_point = math.ceil(daily * (lead_time + 1) + 2 * math.sqrt(daily * (lead_time + 1)))
    return Product(
        sku=f"{category.code}-{number + 1:04d}",
        name=f"{faker.last_name()} {good}",
        category=category.name,
        # Shelf prices end in 9.
        unit_price=Decimal(max(round(price * 10), 1) * 10 - 1).scaleb(-2),
        reorder_point=reorder_point,
        order_up_to=reorder_point + max(math.ceil(daily * DAYS_OF_COVER), CASE),
        lead_time=lead_time,
    )
