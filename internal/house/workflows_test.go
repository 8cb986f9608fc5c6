package house

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is a workflow of GitHub as far as this project uses it.
type workflow struct {
	Name        string
	On          yaml.Node
	Permissions map[string]string
	Jobs        map[string]struct {
		Name  string
		If    string
		Needs string
		// what a job may do beyond the workflow
		Permissions map[string]string
		Env         map[string]string
		RunsOn      string `yaml:"runs-on"`
		Minutes     int    `yaml:"timeout-minutes"`
		Strategy    struct {
			FailFast bool `yaml:"fail-fast"`
			Matrix   map[string][]string
		}
		Steps []struct {
			ID, Name, Uses, Run string
			With                map[string]string
			Env                 map[string]string
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
			if job.Needs != "" && w.Jobs[job.Needs].RunsOn == "" {
				t.Errorf("%s: job %s waits for %q, which is none", name, id, job.Needs)
			}
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
				for _, script := range regexp.MustCompile(`(?:^|[\s(])(\.ci/run|contrib/[\w./-]+)`).FindAllStringSubmatch(step.Run, -1) {
					if !made(t, script[1]) {
						t.Errorf("%s: no %s", name, script[1])
					}
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

// A release is public only after everything held and a second machine, which may
// write nothing, made the same bytes; and what may sign runs no test.
func TestReleaseIsMadeTwiceBeforeItIsPublic(t *testing.T) {
	var w workflow
	strictly(t, ".github/workflows/release.yml", &w)
	does := func(job, what string) bool {
		for _, step := range w.Jobs[job].Steps {
			if strings.Contains(step.Uses+" "+step.Run, what) {
				return true
			}
		}
		return false
	}
	for _, want := range [][2]string{
		{"check", ".ci/run"},
		{"build", "contrib/goreleaser release"},
		{"build", "cosign-installer@"},
		{"build", "attest-build-provenance@"},
		{"reproduce", "contrib/reproduce \"$GITHUB_REF_NAME\""},
		{"publish", "--draft=false"},
		{"image", "contrib/image/Dockerfile"},
		{"npm", "contrib/npm/pack.mjs"},
	} {
		if !does(want[0], want[1]) {
			t.Errorf("job %s has no step with %q", want[0], want[1])
		}
	}
	for job, before := range map[string]string{"build": "check", "reproduce": "build", "publish": "reproduce", "image": "publish", "npm": "publish"} {
		if w.Jobs[job].Needs != before {
			t.Errorf("%s waits for %q, not for %s", job, w.Jobs[job].Needs, before)
		}
	}
	for id, job := range w.Jobs {
		if (id == "check" || id == "reproduce") && len(job.Permissions) > 0 {
			t.Errorf("%s may more than read: %v", id, job.Permissions)
		}
		if job.Permissions["id-token"] == "write" && does(id, ".ci/run") {
			t.Errorf("%s may sign, and runs tests", id)
		}
	}
	if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
		t.Errorf("every job may do %v", w.Permissions)
	}
}
