package supervisor

import (
	"os"
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestCheckOfGoodBot(t *testing.T) {
	t.Parallel()
	config := zooConfig("settings")
	config.Settings = map[string]any{"answers": "a.yaml"}
	parent := shortDir(t)
	trial, err := Check(t.Context(), config, Options{RunDir: parent, Logger: quiet()})
	if err != nil || trial.Description.Name != "zoo" || trial.Description.Version != "1.2.3" || trial.NotInForce != nil {
		t.Errorf("%+v, %v", trial, err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left in the run directory: %v", left)
	}
}

func TestBadSettingsAreFoundInTheError(t *testing.T) {
	t.Parallel()
	h := startHost(t, "settings", nil)
	if status := h.failed(); status.Generation != 1 {
		t.Errorf("it was tried %d times", status.Generation)
	}
	_, err := h.ask("hello", patience)
	wantError(t, err, "bot guest has failed", "answers: is missing")
	var wrong bot.SettingErrors
	if !asError(err, &wrong) || wrong[0].Key != "answers" {
		t.Errorf("no setting errors in %v", err)
	}
}
