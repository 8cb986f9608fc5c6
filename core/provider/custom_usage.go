package provider

import (
	"maps"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// CustomUsage describes in which fields a provider tells of a plan, at
// [Custom.UsageURL]: of one window, or of several.
type CustomUsage struct {
	usage.DescribedWindow
	Plan     string                  `toml:"plan"`    // field with the plan's name
	Balance  string                  `toml:"balance"` // field with the credit that is left
	Currency string                  `toml:"currency"`
	Windows  []usage.DescribedWindow `toml:"windows"`
}

// checkUsage returns what is missing or wrong in what is said of plans.
func (c Custom) checkUsage(id string) error {
	switch {
	case c.UsageURL == "" && c.Usage == nil:
		return nil
	case c.UsageURL == "":
		return wrongSetting(id, "usage_url", "is missing: where the fields of usage are told")
	case c.Usage == nil:
		return wrongSetting(id, "usage", "is missing: the fields in which usage_url tells of a plan")
	}
	if _, _, err := baseURL(c.UsageURL); err != nil {
		return wrongSetting(id, "usage_url", "is wrong: "+err.Error())
	}
	d := c.described()
	if len(d.Windows) == 0 && d.Balance == "" {
		return wrongSetting(id, "usage", "names no field: give used and limit, used_percent, or balance")
	}
	for _, w := range d.Windows {
		switch {
		case w.Length < 0 || w.Length > usage.LongestWindow:
			return wrongSetting(id, "usage", "has the length "+w.Length.String()+", not between 0 and 400 days")
		case w.UsedPercent == "" && w.RemainingPercent == "" && (w.Limit == "" || w.Used == "" && w.Remaining == ""):
			return wrongSetting(id, "usage", "has a window without used_percent, remaining_percent, or limit beside used or remaining")
		}
		if err := checkFields(id, "usage", w.Fields()); err != nil {
			return err
		}
	}
	return checkFields(id, "usage", map[string]string{"plan": d.Plan, "balance": d.Balance})
}

// checkFields returns an error about the first path that names no field.
func checkFields(id, setting string, paths map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if path := paths[name]; path != "" && slices.Contains(strings.Split(path, "."), "") {
			return wrongSetting(id, setting, "has for "+name+" "+quoted(path)+", which names no field")
		}
	}
	return nil
}

// described is what is said of plans as the table has it, nil where nothing is.
func (c Custom) described() *usage.Described {
	if c.Usage == nil || c.UsageURL == "" {
		return nil
	}
	d := &usage.Described{URL: strings.TrimSpace(c.UsageURL), Plan: c.Usage.Plan, Balance: c.Usage.Balance, Unit: c.Usage.Currency}
	if c.Usage.DescribedWindow != (usage.DescribedWindow{}) {
		d.Windows = append(d.Windows, c.Usage.DescribedWindow)
	}
	d.Windows = append(d.Windows, c.Usage.Windows...)
	return d
}

// TellsPlan reports whether it tells what is left of an account's plan at an address.
func (p Provider) TellsPlan() bool { return p.Plan != usage.Nowhere || p.Described != nil }

// PlanEndpoints returns where it tells that, of an account whose model API is at base, or
// whose token endpoint or page, see [usage.Teller.Endpoints]. A key that pays for each
// request has no plan, but a balance.
func (p Provider) PlanEndpoints(base string, token secret.Secret) []usage.Endpoint {
	if p.PaidKeys != "" && strings.HasPrefix(token.Reveal(), p.PaidKeys) {
		return p.Plan.Balances(base)
	}
	if p.Described != nil {
		return p.Described.Endpoints()
	}
	return p.Plan.Endpoints(base)
}
