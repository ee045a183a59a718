package settings_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/settings"
)

// TestWhatIsNobodysAddressOutsideIsRefusedWhenSaved, however it is spelled, and is taken where the host
// allows it.
func TestWhatIsNobodysAddressOutsideIsRefusedWhenSaved(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.0.0.1.", "LOCALHOST", "localhost.", "app.localhost", "db.internal", "NAS.local", "router.lan", "intranet", "redis",
		"100.64.0.1", "192.0.0.8", "198.18.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::7f00:1]", "[fec0::1]", "[fd00::1]", "[fe80::1]", "[fe80::1%25eth0]",
		"[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]"} {
		address := "https://" + host + "/hook"
		all := settings.Default()
		all.Alerts.WebhookURL = &address
		if wrong := settings.Validate(all, "alerts", false); len(wrong) != 1 || wrong[0].Field != "webhook_url" {
			t.Errorf("%s is taken", address)
		}
		if wrong := settings.Validate(all, "alerts", true); len(wrong) != 0 {
			t.Errorf("%s is refused though private addresses are allowed: %v", address, wrong)
		}
	}
	for _, host := range []string{"hooks.example.com", "HOOKS.example.com:8443", "93.184.216.34", "[2606:2800:220:1:248:1893:25c8:1946]", "xn--bcher-kva.example.com", "localhost.example.com", "10.example.com"} {
		address := "https://" + host + "/hook"
		all := settings.Default()
		all.Alerts.WebhookURL = &address
		if wrong := settings.Validate(all, "alerts", false); len(wrong) != 0 {
			t.Errorf("%s: %v", address, wrong)
		}
	}
}
