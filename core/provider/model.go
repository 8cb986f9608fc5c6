package provider

// usualModels are the models that lead a provider's own programs: MiniMax's name
// MiniMax-M3 first.
var usualModels = map[string]string{MiniMax: "MiniMax-M3"}

// UsualModel returns the model to ask a provider for when nobody said which;
// empty where none is known.
func UsualModel(id string) string { return usualModels[id] }
