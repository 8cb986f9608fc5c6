package roster

import "strings"

// words are 256 short ones, no two of which differ by a single letter.
func words() []string { return strings.Fields(wordList) }

const wordList = `
acorn agate album alder almond amber anchor angle anvil apple apron arbor arrow aspen atlas autumn
bagel bamboo banjo barley basil basket beacon beaver bench berry bishop bottle branch bread bridge
bronze brush bucket bugle butter cabin cactus camel candle canoe canvas carbon carpet castle cedar
cello chalk cherry chest cider circle clover cobalt coffee comet copper coral cotton coyote cradle
crane crater cuckoo cycle cymbal daisy dancer delta desert dingo donkey dragon drum eagle easel echo
elbow elm engine falcon fennel fern fiddle finch flame flint flute forest fossil fox frost galaxy
garden garlic geyser ginger glove goblet gorge grape gravel guitar hammer hazel helmet heron hinge
honey hornet husky igloo indigo island ivory jacket jaguar jelly jigsaw jockey jungle kayak kernel
kettle kitten koala ladder lagoon lava lemon lentil lilac lion lizard llama locket lotus lumber lynx
magnet mango maple marble meadow melon moose mosaic muffin napkin nectar needle nickel nimbus nomad
nutmeg oasis oboe ocean olive onion opal orbit orchid osprey otter oyster paddle panda papaya parrot
pebble pelican pepper phoenix piano pickle pigeon pillow pilot pirate planet plum poem pony poplar
potato prairie prism pumpkin puzzle quartz quill rabbit radish raft raven reef ribbon river robin
rudder saffron salmon sandal satin saturn scarf shadow shovel silver sketch sloth snail sparrow
spider spruce squash stable statue sugar summit sunset swan tablet temple thistle thunder tiger
timber toast tomato topaz trumpet tulip tundra turtle umpire urchin valley vanilla velvet violet
vortex waffle walnut walrus whale window winter wombat yacht yogurt zebra zenith zigzag zipper
`
