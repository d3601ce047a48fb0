// @ts-check
/** Words that prompts are often made of, and those that the shipped model knows
 * (docs/shipped-model.md), in both languages. */

const THINGS = `red apple, green apple, pear, orange, lemon, banana, watermelon, grapes, strawberry,
cherries, peach, pineapple, tomato, eggplant, avocado, carrot, corn, hot pepper, mushroom, bread,
cheese, hamburger, french fries, pizza, hot dog, fried egg, ice cream, doughnut, cookie,
birthday cake, coffee, beer, wine, cat, dog, panda, fox, bear, koala, tiger, lion, cow, pig, frog,
monkey, rabbit, mouse, chick, penguin, owl, unicorn, elephant, whale, fish, octopus, turtle,
butterfly, bee, ladybug, crab, red rose, sunflower, tulip, cherry blossom, tree, pine tree,
palm tree, cactus, four leaf clover, maple leaf, sun, crescent moon, star, cloud, rainbow, fire,
water drop, snowman, car, bus, rocket, airplane, sailboat, red heart, blue heart, green heart, broken heart,
crown, balloon, gift, soccer ball, basketball, key, house, umbrella, gem, smiley, sunglasses face,
ghost, robot`

const STYLES = `fluent 3d style, fluent flat style, noto style, blob style, twemoji style,
white background, red background, orange background, yellow background, green background,
blue background, purple background, pink background, black background, gray background,
best quality, high quality, highly detailed, masterpiece, beautiful, simple, illustration, painting,
photo, low quality, blurry, ugly, watermark, text, deformed`

const CHINESE = `红苹果, 绿苹果, 橘子, 柠檬, 香蕉, 西瓜, 葡萄, 草莓, 樱桃, 桃子, 菠萝, 番茄, 茄子, 牛油果, 胡萝卜,
玉米, 红辣椒, 蘑菇, 面包, 奶酪, 汉堡, 薯条, 披萨, 热狗, 煎蛋, 冰淇淋, 甜甜圈, 饼干, 生日蛋糕, 咖啡, 啤酒, 葡萄酒,
熊猫, 狐狸, 考拉, 老虎, 狮子, 奶牛, 青蛙, 猴子, 兔子, 老鼠, 小鸡, 企鹅, 猫头鹰, 独角兽, 大象, 鲸鱼, 章鱼, 乌龟,
蝴蝶, 蜜蜂, 瓢虫, 螃蟹, 红玫瑰, 向日葵, 郁金香, 樱花, 松树, 棕榈树, 仙人掌, 四叶草, 枫叶, 太阳, 月亮, 星星, 彩虹,
水滴, 雪人, 汽车, 公交车, 火箭, 飞机, 帆船, 红心, 蓝心, 绿心, 心碎, 皇冠, 气球, 礼物, 足球, 篮球, 钥匙, 房子, 雨伞,
宝石, 笑脸, 墨镜笑脸, 机器人, 流畅立体风格, 流畅扁平风格, 诺托风格, 果冻风格, 推特风格, 白色背景, 红色背景, 橙色背景,
黄色背景, 绿色背景, 蓝色背景, 紫色背景, 粉色背景, 黑色背景, 灰色背景, 可爱的`

export const WORDS = [THINGS, STYLES, CHINESE].flatMap(list => list.split(/,\s+/))
