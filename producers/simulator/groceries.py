"""Categories of a grocery with their goods and prices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category."""

    name: str
    code: str
    """Three letters that begin its SKUs."""
    price: float
    """Median shelf price of one unit."""
    goods: tuple[str, ...]


def _goods(text: str) -> tuple[str, ...]:
    return tuple(good.strip() for good in text.split(","))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Goods that are sold by weight."""

    grams: int
    """Weight that a customer takes, on average."""
    price: float
    """Median price of a kilogram."""


WEIGHED = {
    "loose tomatoes": Weighed(grams=420, price=3.2),
    "fresh-cut cheddar": Weighed(grams=240, price=13.5),
    "fresh salmon": Weighed(grams=310, price=24.0),
}

CATEGORIES = (
    Category(
        name="Fruit and vegetables",
        code="FRU",
        price=1.9,
        goods=_goods(
            "bananas 1 kg, apples 1 kg, oranges 1 kg, loose tomatoes, potatoes 2 kg, onions 1 kg, "
            "carrots 1 kg, cucumber, lettuce, mushrooms 250 g, grapes 500 g, lemons 4 pieces"
        ),
    ),
    Category(
        name="Dairy and eggs",
        code="DAI",
        price=1.7,
        goods=_goods(
            "whole milk 1 l, skimmed milk 1 l, butter 250 g, plain yoghurt 500 g, eggs 10 pieces, "
            "cream 200 ml, cream cheese 200 g, fresh-cut cheddar, mozzarella 125 g, oat drink 1 l"
        ),
    ),
    Category(
        name="Bread and cereals",
        code="BRE",
        price=2.4,
        goods=_goods(
            "white bread 500 g, wholemeal bread 750 g, rolls 6 pieces, bagels 4 pieces, "
            "muesli 500 g, corn flakes 375 g, rolled oats 500 g, crispbread 250 g, "
            "tortillas 8 pieces"
        ),
    ),
    Category(
        name="Meat and fish",
        code="MEA",
        price=5.9,
        goods=_goods(
            "chicken breast 400 g, minced beef 500 g, pork chops 400 g, bacon 150 g, ham 150 g, "
            "salami 100 g, fresh salmon, tuna 200 g, sausages 6 pieces, turkey slices 150 g"
        ),
    ),
    Category(
        name="Pantry",
        code="PAN",
        price=2.1,
        goods=_goods(
            "spaghetti 500 g, penne 500 g, rice 1 kg, flour 1 kg, sugar 1 kg, salt 500 g, "
            "olive oil 750 ml, sunflower oil 1 l, peeled tomatoes 400 g, chickpeas 400 g, "
            "tomato ketchup 500 ml, mustard 200 ml, strawberry jam 450 g, honey 500 g"
        ),
    ),
    Category(
        name="Drinks",
        code="DRI",
        price=1.5,
        goods=_goods(
            "sparkling water 1.5 l, still water 1.5 l, cola 1.25 l, orange juice 1 l, "
            "apple juice 1 l, lager 0.5 l, red wine 0.75 l, ground coffee 500 g, "
            "green tea 20 bags, iced tea 1.5 l, energy drink 250 ml"
        ),
    ),
    Category(
        name="Frozen food",
        code="FRO",
        price=3.4,
        goods=_goods(
            "margherita pizza 350 g, peas 750 g, spinach 450 g, fish fingers 15 pieces, "
            "vanilla ice cream 1 l, chips 1 kg, berries 300 g, lasagne 400 g"
        ),
    ),
    Category(
        name="Snacks and sweets",
        code="SNA",
        price=1.8,
        goods=_goods(
            "milk chocolate 100 g, dark chocolate 100 g, potato crisps 175 g, peanuts 200 g, "
            "butter biscuits 200 g, fruit gums 200 g, pretzels 250 g, chewing gum, "
            "cereal bars 6 pieces"
        ),
    ),
    Category(
        name="Household",
        code="HOU",
        price=3.2,
        goods=_goods(
            "toilet paper 8 rolls, kitchen roll 4 rolls, washing powder 1.5 kg, "
            "washing-up liquid 500 ml, bin bags 20 pieces, sponges 5 pieces, foil 20 m, "
            "candles 10 pieces"
        ),
    ),
    Category(
        name="Personal care",
        code="PER",
        price=2.9,
        goods=_goods(
            "shampoo 300 ml, shower gel 250 ml, toothpaste 75 ml, toothbrush, hand soap 300 ml, "
            "deodorant 150 ml, sun cream 200 ml, tissues 10 packs, razor blades 5 pieces"
        ),
    ),
)
