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
		Main, Binary      string
		Env, Goos, Goarch []string
		Flags, Ldflags    []string
		ModTimestamp      string `yaml:"mod_timestamp"`
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
		Repository                           struct{ Owner, Name string }
		Manpages                             []string
		Completions                          map[string]string
		Hooks                                struct{ Post struct{ Install string } }
	} `yaml:"homebrew_casks"`
	Release struct {
		GitHub struct{ Owner, Name string } `yaml:"github"`
	}
	Changelog struct{ Disable bool }
}

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
	slices.Sort(b.Goos)
	slices.Sort(b.Goarch)
	if !slices.Equal(b.Goos, []string{"darwin", "linux", "windows"}) || !slices.Equal(b.Goarch, []string{"amd64", "arm64"}) {
		t.Errorf("it is built for %v on %v", b.Goos, b.Goarch)
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

// workflow is a workflow of GitHub as far as this project uses it.
type workflow struct {
	Name        string
	On          yaml.Node
	Permissions map[string]string
	Jobs        map[string]struct {
		Name     string
		RunsOn   string `yaml:"runs-on"`
		Minutes  int    `yaml:"timeout-minutes"`
		Strategy struct {
			FailFast bool `yaml:"fail-fast"`
			Matrix   map[string][]string
		}
		Steps []struct {
			Name, Uses, Run string
			With            map[string]string
			Env             map[string]string
		}
	}
}

// A tag of an action can be moved by whoever owns it, a commit cannot.
func TestWorkflowsParse(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*"))
	if err != nil || len(paths) < 2 {
		t.Fatalf("found only %q, %v", paths, err)
	}
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
	var systems []string
	for _, path := range paths {
		var w workflow
		name := ".github/workflows/" + filepath.Base(path)
		strictly(t, name, &w)
		if w.On.IsZero() || len(w.Permissions) == 0 || len(w.Jobs) == 0 {
			t.Errorf("%s starts on nothing, may do anything or does nothing", name)
		}
		for id, job := range w.Jobs {
			systems = append(append(systems, job.RunsOn), job.Strategy.Matrix["os"]...)
			if len(job.Steps) == 0 || job.RunsOn == "" {
				t.Errorf("%s: job %s does nothing", name, id)
			}
			for i, step := range job.Steps {
				if (step.Uses == "") == (step.Run == "") || step.Uses != "" && !pinned.MatchString(step.Uses) {
					t.Errorf("%s: step %d of %s is neither an action of one commit nor a command", name, i+1, id)
				}
				if file := step.With["go-version-file"]; file != "" && !made(t, file) {
					t.Errorf("%s: no %s", name, file)
				}
				if strings.Contains(step.Run, ".ci/run") && !made(t, ".ci/run") {
					t.Errorf("%s: no .ci/run", name)
				}
			}
		}
	}
	for _, want := range []string{"ubuntu-latest", "macos-latest", "windows-latest"} {
		if !slices.Contains(systems, want) {
			t.Errorf("no test runs on %s", want)
		}
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
	plist, err := os.ReadFile(filepath.Join(root, "contrib", "io.github.hermes-tui.serve.plist"))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(plist, new(struct{})); err != nil || !bytes.Contains(plist, []byte("<string>serve</string>")) {
		t.Errorf("the launchd service cannot be read, or does not serve: %v", err)
	}
}
