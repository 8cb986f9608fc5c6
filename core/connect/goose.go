package connect

// goose is aaif-goose/goose. Its file names a provider and a model, but its keys are
// in the keyring; variables go before both (crates/goose/src/config/base.rs). It
// asks for Chat Completions at OPENAI_HOST and OPENAI_BASE_PATH
// (crates/goose/src/providers/openai.rs).
func goose() Program {
	return Program{
		ID: "goose", Name: "goose", Command: "goose",
		APIs: []string{chatCompletions}, named: true,
		Sets: gooseVariables(),
		forms: func(u Use) ([]Form, error) {
			return u.shellForms("goose", append(gooseVariables(), Variable{Name: "GOOSE_MODEL", Value: u.model()})...), nil
		},
	}
}

func gooseVariables() []Variable { return []Variable{{Name: "GOOSE_PROVIDER", Value: "openai"}} }
