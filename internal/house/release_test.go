package house

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// goreleaser is what .goreleaser.yaml may say: a key that is not here is most
// likely misspelt.
type goreleaser struct {
	Version     int
	ProjectName string `yaml:"project_name"`
	Before      struct{ Hooks []string }
	Builds      []struct {
		Main, Binary   string
		Env, Targets   []string
		Flags, Ldflags []string
		ModTimestamp   string `yaml:"mod_timestamp"`
	}
	Archives []struct {
		Formats         []string
		FormatOverrides []struct {
			Goos    string
			Formats []string
		} `yaml:"format_overrides"`
		BuildsInfo stamp `yaml:"builds_info"`
		Files      []struct {
			Src, Dst string
			Info     stamp
		}
	}
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
	}
	SBOMs []struct{ Artifacts string } `yaml:"sboms"`
	Signs []struct {
		ID, Cmd, Artifacts, Signature string
		Args                          []string
	}
	NFPMs []struct {
		PackageName string `yaml:"package_name"`
		Maintainer  string
		Description string
		Homepage    string
		License     string
		Formats     []string
		Contents    []struct {
			Src, Dst string
			Packager string
			FileInfo struct {
				Mode  int
				MTime string `yaml:"mtime"`
			} `yaml:"file_info"`
		}
		MTime string `yaml:"mtime"`
		RPM   struct {
			BuildHost string `yaml:"buildhost"`
		} `yaml:"rpm"`
	} `yaml:"nfpms"`
	Casks []struct {
		Name, Homepage, Description, License string
		Repository                           repository
		SkipUpload                           string `yaml:"skip_upload"`
		Manpages                             []string
		Completions                          map[string]string
		Hooks                                struct{ Post struct{ Install string } }
	} `yaml:"homebrew_casks"`
	Scoops []struct {
		Name, Homepage, Description, License string
		Repository                           repository
		SkipUpload                           string `yaml:"skip_upload"`
	}
	Winget []struct {
		Name, Publisher, Homepage, License string
		Identifier                         string `yaml:"package_identifier"`
		ShortDescription                   string `yaml:"short_description"`
		Repository                         repository
		SkipUpload                         string `yaml:"skip_upload"`
	}
	Release struct {
		GitHub               repository `yaml:"github"`
		Draft                bool
		ReplaceExistingDraft bool `yaml:"replace_existing_draft"`
	}
	Changelog struct{ Disable bool }
}

type repository struct{ Owner, Name string }

// stamp is the time of a file in an archive.
type stamp struct {
	MTime string `yaml:"mtime"`
}

// strictly decodes YAML in which every key is known.
func strictly(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// made says whether contrib/release-files makes a file, or the tree has it.
func made(t *testing.T, name string) bool {
	t.Helper()
	if rest, ok := strings.CutPrefix(name, "dist-files/"); ok {
		return regexp.MustCompile(`^(man/\*(\.1)?|completions/(\*|hermes-tui\.(bash|zsh|fish)))$`).MatchString(rest)
	}
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

// What a release is made of parses, and names what exists. Building it is the
// work of `task release:check`.
func TestReleaseConfig(t *testing.T) {
	var c goreleaser
	strictly(t, ".goreleaser.yaml", &c)
	if c.Version != 2 || len(c.Builds) != 1 || len(c.Archives) != 1 || len(c.NFPMs) != 1 || len(c.Casks) != 1 || len(c.SBOMs) != 1 || c.Checksum.NameTemplate == "" {
		t.Fatalf("a part of the release is missing: %+v", c)
	}
	b := c.Builds[0]
	if !slices.Equal(b.Targets, strings.Fields("linux_amd64 linux_arm64 linux_386 linux_arm_7 darwin_amd64 darwin_arm64 windows_amd64 windows_arm64 freebsd_amd64")) {
		t.Errorf("it is built for %v", b.Targets)
	}
	if got := c.NFPMs[0].Formats; !slices.Equal(got, []string{"deb", "rpm", "apk", "archlinux"}) {
		t.Errorf("its packages are %v", got)
	}
	if !slices.Contains(b.Flags, "-trimpath") || !slices.Contains(b.Flags, "-buildvcs=true") || !slices.Contains(b.Env, "CGO_ENABLED=0") || !strings.Contains(b.ModTimestamp, "CommitTimestamp") {
		t.Errorf("the same commit would not give the same bytes: %+v", b)
	}
	if strings.Contains(strings.Join(b.Ldflags, " "), "-X") {
		t.Error("the version comes from the build information, not from a flag")
	}
	names := []string{b.Main + "/main.go"}
	for _, hook := range c.Before.Hooks {
		if script, ok := strings.CutPrefix(hook, "bash "); ok {
			names = append(names, script)
		}
	}
	stamps := []string{c.Archives[0].BuildsInfo.MTime, c.NFPMs[0].MTime}
	for _, file := range c.Archives[0].Files {
		names, stamps = append(names, file.Src), append(stamps, file.Info.MTime)
	}
	for _, one := range c.NFPMs[0].Contents {
		names, stamps = append(names, one.Src), append(stamps, one.FileInfo.MTime)
		if one.FileInfo.Mode != 0o644 || !strings.HasPrefix(one.Dst, "/usr/") {
			t.Errorf("%s goes to %s with mode %o", one.Src, one.Dst, one.FileInfo.Mode)
		}
	}
	for i, at := range stamps {
		if at != "{{ .CommitDate }}" {
			t.Errorf("the time number %d in archives and packages is %q, not the commit's", i, at)
		}
	}
	if len(names) < 10 {
		t.Errorf("found only %q", names)
	}
	for _, name := range names {
		if !made(t, name) {
			t.Errorf("%q is neither in the tree nor made by contrib/release-files", name)
		}
	}
	for shell, path := range c.Casks[0].Completions {
		if path != "completions/hermes-tui."+shell {
			t.Errorf("the cask takes %s's completion from %s", shell, path)
		}
	}
	if script, err := os.ReadFile(filepath.Join(root, "contrib", "release-files")); err != nil || !strings.Contains(string(script), "for shell in bash zsh fish") {
		t.Errorf("contrib/release-files does not make the completions: %v", err)
	}
}

// What lies in somebody else's hands is made and not sent, a release is a draft
// until it has been made twice, and both its sums and its SBOMs are signed.
func TestReleaseIsHeldBack(t *testing.T) {
	var c goreleaser
	strictly(t, ".goreleaser.yaml", &c)
	if !c.Release.Draft {
		t.Error("a release is public before a second machine has made the same bytes")
	}
	if len(c.Scoops) != 1 || len(c.Winget) != 1 || c.Casks[0].SkipUpload != "true" || c.Scoops[0].SkipUpload != "true" || c.Winget[0].SkipUpload != "true" {
		t.Error("a manifest of Homebrew, Scoop or WinGet is missing, or sent before the release is public")
	}
	signed := map[string]string{}
	for _, one := range c.Signs {
		signed[one.Artifacts] = strings.Join(append([]string{one.Cmd}, one.Args...), " ")
	}
	if !strings.HasPrefix(signed["checksum"], "cosign sign-blob ") || !strings.Contains(signed["archive"], "--predicate=${artifact}.sbom.json") {
		t.Errorf("signed are only %q", signed)
	}
}

// contrib/reproduce builds what a release builds.
func TestReproduceKnowsEveryTarget(t *testing.T) {
	var c goreleaser
	strictly(t, ".goreleaser.yaml", &c)
	script, err := os.ReadFile(filepath.Join(root, "contrib", "reproduce"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^"".* build (.*) ;;$`).FindSubmatch(script)
	if line == nil {
		t.Fatal("found no line of targets")
	}
	var want, got []string
	for _, target := range c.Builds[0].Targets {
		want = append(want, strings.Join(strings.Split(target, "_")[:2], "/"))
	}
	for word := range strings.FieldsSeq(string(line[1])) {
		system, archs, _ := strings.Cut(word, "/")
		for arch := range strings.SplitSeq(strings.Trim(archs, "{}"), ",") {
			got = append(got, system+"/"+arch)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("contrib/reproduce builds %v, a release %v", got, want)
	}
}

// The services stop as docs/proxy.md says, and can be read.
func TestServices(t *testing.T) {
	unit, err := os.ReadFile(filepath.Join(root, "contrib", "hermes-tui.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"hermes-tui serve", "SuccessExitStatus=143", "WantedBy=default.target"} {
		if !bytes.Contains(unit, []byte(want)) {
			t.Errorf("the systemd unit has no %q", want)
		}
	}
	for _, name := range []string{"io.github.hermes-tui.serve.plist", "io.github.hermes-tui.serve.sockets.plist"} {
		plist, err := os.ReadFile(filepath.Join(root, "contrib", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(plist, new(struct{})); err != nil || !bytes.Contains(plist, []byte("<string>serve</string>")) {
			t.Errorf("the launchd service %s cannot be read, or does not serve: %v", name, err)
		}
	}
}

// Who has an archive has every file of contrib that docs/proxy.md sets up.
func TestServicesAreInTheArchives(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "proxy.md"))
	if err != nil {
		t.Fatal(err)
	}
	var c goreleaser
	strictly(t, ".goreleaser.yaml", &c)
	var packed []string
	for _, file := range c.Archives[0].Files {
		packed = append(packed, file.Src)
	}
	named := regexp.MustCompile(`contrib/hermes-tui\.\w+|contrib/io\.[\w.-]+\.plist`).FindAllString(string(doc), -1)
	if len(named) < 4 {
		t.Errorf("docs/proxy.md names only %q", named)
	}
	for _, name := range named {
		if !slices.Contains(packed, name) {
			t.Errorf("%s is in no archive", name)
		}
	}
}
