package settings

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// webhook reports whether messages may be posted to an address; private ones need no encryption.
// What a name means is looked at again when a message is sent.
func webhook(text string, private bool) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !private) {
		return false
	}
	return private || publicHost(u.Hostname())
}

// atHome are the ends of names that mean nothing in the world outside.
var atHome = []string{"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion"}

// numeric is the last part of a name that a resolver reads as a number: 127.1, 2130706433, 0x7f000001.
var numeric = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)$`)

// publicHost reports whether a host can be in the world outside, by how it is written.
func publicHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return Public(ip)
	}
	parts := strings.Split(host, ".")
	last := parts[len(parts)-1]
	return len(parts) > 1 && !numeric.MatchString(last) && !slices.Contains(atHome, last) && !strings.ContainsAny(host, ":%")
}

// special are networks that are neither private by name nor anybody's public address.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("::/96"),
}

// Public reports whether an address is somebody's in the world outside.
func Public(ip netip.Addr) bool {
	if ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	for _, net := range special {
		if net.Contains(ip) {
			return false
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
}
