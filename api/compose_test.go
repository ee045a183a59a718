package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/qlobooks/qlobooks/internal/config"
)

type service struct {
	Image, Build any
	Command      []string
	Environment  map[string]string
	Volumes      []string
	Healthcheck  map[string]any
	DependsOn    map[string]struct{ Condition string } `yaml:"depends_on"`
}

func compose(t *testing.T) map[string]service {
	t.Helper()
	text, err := os.ReadFile("../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]service
		Volumes  map[string]any
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for name, s := range file.Services {
		for _, volume := range s.Volumes {
			if known, _, _ := strings.Cut(volume, ":"); !has(file.Volumes, known) {
				t.Errorf("%s uses the volume %s, which is not kept", name, volume)
			}
		}
	}
	return file.Services
}

func has(m map[string]any, key string) bool { _, ok := m[key]; return ok }

// TestComposeMigratesBeforeAnythingWorks and keeps what must be kept.
func TestComposeMigratesBeforeAnythingWorks(t *testing.T) {
	services := compose(t)
	for _, name := range []string{"api", "worker"} {
		s := services[name]
		if s.Build == nil || s.DependsOn["migrate"].Condition != "service_completed_successfully" || s.DependsOn["redis"].Condition != "service_healthy" {
			t.Errorf("%s waits for %v", name, s.DependsOn)
		}
	}
	if m := services["migrate"]; m.DependsOn["mysql"].Condition != "service_healthy" || !reflect.DeepEqual(m.Command, []string{"migrate"}) {
		t.Errorf("migrate is %+v", m)
	}
	for _, name := range []string{"api", "mysql", "redis"} {
		if services[name].Healthcheck == nil {
			t.Errorf("%s has no health check", name)
		}
	}
	redis := strings.Join(services["redis"].Command, " ")
	if !strings.Contains(redis, "--maxmemory-policy noeviction") || !strings.Contains(redis, "--appendonly yes") || len(services["redis"].Volumes) == 0 || len(services["mysql"].Volumes) == 0 {
		t.Errorf("redis runs %q", redis)
	}
}

// TestComposeEnvironmentIsRight: every variable reaches the programs, and with nothing but what
// .env.example asks for they start.
func TestComposeEnvironmentIsRight(t *testing.T) {
	services := compose(t)
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{"MYSQL_PASSWORD": "a password", "QLOBOOKS_SECRET_KEY": newKey()}
	for _, program := range []string{"api", "worker", "migrate"} {
		environment := services[program].Environment
		fields := reflect.TypeFor[config.Config]()
		for i := range fields.NumField() {
			name := fields.Field(i).Tag.Get("env")
			if name == "-" {
				continue
			}
			value, there := environment[name]
			if there = there || name == "QLOBOOKS_LISTEN" || name == "QLOBOOKS_METRICS_LISTEN" && program != "worker"; !there {
				t.Errorf("%s does not get %s", program, name)
			}
			if name != "QLOBOOKS_LISTEN" && name != "QLOBOOKS_REDIS_URL" && !strings.Contains(string(example), name+"=") {
				t.Errorf(".env.example lacks %s", name)
			}
			t.Setenv(name, resolve(value, given))
		}
		c, err := config.Read()
		if err != nil {
			t.Errorf("%s would not start: %v", program, err)
		}
		if c.MySQLDSN != "qlobooks:a password@tcp(mysql:3306)/qloapps" || c.Listen != ":8080" || len(c.AllowedOrigins)+len(c.CORSOrigins)+len(c.Proxies) > 0 {
			t.Errorf("%s gets %+v with the database %s", program, c, c.MySQLDSN.Reveal())
		}
	}
}

var variable = regexp.MustCompile(`\$\{(\w+)(?::([-?])([^{}]*))?\}`)

// resolve puts values in as Compose does, the innermost first.
func resolve(text string, given map[string]string) string {
	for variable.MatchString(text) {
		text = variable.ReplaceAllStringFunc(text, func(found string) string {
			parts := variable.FindStringSubmatch(found)
			if value := given[parts[1]]; value != "" || parts[2] != "-" {
				return value
			}
			return parts[3]
		})
	}
	return text
}

// TestEveryImageIsPinnedByItsDigest as a tag can be moved to something nobody has looked at. What is
// built here has its images in its Dockerfile.
func TestEveryImageIsPinnedByItsDigest(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z]+:[0-9a-z.-]*[0-9]+[0-9a-z.-]*@sha256:[0-9a-f]{64}$`)
	var images []string
	for _, s := range compose(t) {
		if s.Build == nil && s.Image != "qlobooks-api" {
			images = append(images, s.Image.(string))
		}
	}
	for _, path := range []string{"Dockerfile", "../worker/Dockerfile"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(string(text), -1) {
			images = append(images, from[1])
		}
	}
	if len(images) < 7 {
		t.Fatalf("only %v are known", images)
	}
	for _, image := range images {
		if !pinned.MatchString(image) {
			t.Errorf("%s is not pinned by a version and its digest", image)
		}
	}
}
