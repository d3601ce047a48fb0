"""What the model learns to draw: concepts in rings, styles, backgrounds, and what is held out.

The first ring is a fixed list of a hundred everyday things with the words that people type for
them. Its held-out pairs of concept and style are never shown in training, in any ring: they tell
whether the model can put a known thing into a known style that it has not seen together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """One thing to draw. `code` is its Unicode code points in hex; the first word names it best."""

    code: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """One artwork set; `key` names it in files, the words name it in prompts."""

    key: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """One plain background: its words and its colour (red, green, blue; 0 to 255)."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    colour: tuple[int, int, int]


STYLES = (
    Style("fluent-3d", ("fluent 3d", "3d"), ("流畅立体", "立体")),
    Style("fluent-flat", ("fluent flat", "flat"), ("流畅扁平", "扁平")),
    Style("noto", ("noto",), ("诺托",)),
    Style("blob", ("blob",), ("果冻",)),
    Style("twemoji", ("twemoji",), ("推特",)),
)

GROUNDS = (
    Ground(("white",), ("白色",), (255, 255, 255)),
    Ground(("red",), ("红色",), (214, 60, 60)),
    Ground(("orange",), ("橙色",), (242, 150, 60)),
    Ground(("yellow",), ("黄色",), (250, 222, 100)),
    Ground(("green",), ("绿色",), (96, 180, 100)),
    Ground(("blue",), ("蓝色",), (80, 140, 220)),
    Ground(("purple",), ("紫色",), (150, 100, 200)),
    Ground(("pink",), ("粉色",), (250, 180, 200)),
    Ground(("black",), ("黑色",), (30, 30, 34)),
    Ground(("gray", "grey"), ("灰色",), (150, 150, 154)),
)

_RING_1 = """
1F34E red apple|apple 红苹果|苹果
1F34F green apple 绿苹果|青苹果
1F350 pear 梨|梨子
1F34A orange|tangerine 橘子|橙子
1F34B lemon 柠檬
1F34C banana 香蕉
1F349 watermelon 西瓜
1F347 grapes 葡萄
1F353 strawberry 草莓
1F352 cherries|cherry 樱桃
1F351 peach 桃子|桃
1F34D pineapple 菠萝
1F345 tomato 番茄|西红柿
1F346 eggplant 茄子
1F951 avocado 牛油果|鳄梨
1F955 carrot 胡萝卜
1F33D corn|ear of corn 玉米
1F336 hot pepper|chili 红辣椒|辣椒
1F344 mushroom 蘑菇
1F35E bread 面包
1F9C0 cheese 奶酪|芝士
1F354 hamburger|burger 汉堡|汉堡包
1F35F french fries|fries 薯条
1F355 pizza 披萨|比萨
1F32D hot dog 热狗
1F373 fried egg|cooking 煎蛋|煎鸡蛋
1F366 ice cream|soft ice cream 冰淇淋
1F369 doughnut|donut 甜甜圈
1F36A cookie 饼干|曲奇
1F382 birthday cake|cake 生日蛋糕|蛋糕
2615 coffee|cup of coffee 咖啡|热饮
1F37A beer|beer mug 啤酒
1F377 wine|wine glass 葡萄酒|红酒
1F431 cat|cat face 猫|猫脸
1F436 dog|dog face 狗|狗脸
1F43C panda 熊猫
1F98A fox 狐狸
1F43B bear 熊
1F428 koala 考拉
1F42F tiger|tiger face 老虎|虎
1F981 lion 狮子
1F42E cow|cow face 奶牛|牛
1F437 pig|pig face 猪|猪头
1F438 frog 青蛙
1F435 monkey|monkey face 猴子|猴
1F430 rabbit|rabbit face|bunny 兔子|兔
1F42D mouse|mouse face 老鼠
1F425 chick|baby chick 小鸡
1F427 penguin 企鹅
1F989 owl 猫头鹰
1F984 unicorn 独角兽
1F418 elephant 大象
1F433 whale 鲸鱼|鲸
1F41F fish 鱼
1F419 octopus 章鱼
1F422 turtle 乌龟
1F98B butterfly 蝴蝶
1F41D bee|honeybee 蜜蜂
1F41E ladybug|lady beetle 瓢虫
1F980 crab 螃蟹
1F339 red rose|rose 红玫瑰|玫瑰
1F33B sunflower 向日葵
1F337 tulip 郁金香
1F338 cherry blossom 樱花
1F333 tree|deciduous tree 树|大树
1F332 pine tree|evergreen tree 松树
1F334 palm tree 棕榈树
1F335 cactus 仙人掌
1F340 four leaf clover|clover 四叶草
1F341 maple leaf 枫叶
2600 sun 太阳
1F319 crescent moon|moon 月亮|弯月
2B50 star 星星
2601 cloud 云|云朵
1F308 rainbow 彩虹
1F525 fire|flame 火|火焰
1F4A7 water drop|droplet 水滴
26C4 snowman 雪人
1F697 car|red car|automobile 汽车|小汽车
1F68C bus 公交车|巴士
1F680 rocket 火箭
2708 airplane|plane 飞机
26F5 sailboat|boat 帆船|船
2764 red heart|heart 红心|爱心
1F499 blue heart 蓝心|蓝色的心
1F49A green heart 绿心|绿色的心
1F494 broken heart 心碎|破碎的心
1F451 crown 皇冠|王冠
1F388 balloon|red balloon 气球
1F381 gift|wrapped gift|present 礼物
26BD soccer ball|football 足球
1F3C0 basketball 篮球
1F511 key 钥匙
1F3E0 house 房子
2602 umbrella 雨伞|伞
1F48E gem|diamond|gem stone 宝石|钻石
1F600 smiley|grinning face|smiling face 笑脸|嘿嘿
1F60E sunglasses face|smiling face with sunglasses 墨镜笑脸
1F47B ghost 鬼|幽灵
1F916 robot 机器人
"""


def _parse(line: str) -> Concept:
    code, rest = line.split(" ", 1)
    english, chinese = rest.rsplit(" ", 1)
    return Concept(code, tuple(english.split("|")), tuple(chinese.split("|")))


RING_1 = tuple(_parse(line) for line in _RING_1.strip().splitlines())

HELD_OUT = frozenset(
    {
        ("1F34E", "twemoji"), ("1F34C", "noto"), ("1F353", "fluent-flat"), ("1F955", "fluent-3d"),
        ("1F355", "twemoji"), ("1F369", "noto"), ("1F431", "fluent-flat"), ("1F43C", "twemoji"),
        ("1F98A", "fluent-3d"), ("1F437", "noto"), ("1F427", "blob"), ("1F41E", "twemoji"),
        ("1F33B", "fluent-3d"), ("1F335", "noto"), ("2B50", "fluent-flat"), ("1F697", "noto"),
        ("1F680", "fluent-flat"), ("2764", "noto"), ("1F3C0", "fluent-3d"),
        ("1F600", "fluent-flat"),
    }
)  # fmt: skip


def style_named(key: str) -> Style:
    """The style with this key; KeyError when there is none."""
    return {style.key: style for style in STYLES}[key]
