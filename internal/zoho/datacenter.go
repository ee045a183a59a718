package zoho

import (
	"net/url"
	"slices"
	"strings"
)

// DataCenter is one of Zoho's regions; an account lives in exactly one. All are origins.
type DataCenter struct {
	Name      string
	Token     string // accounts server
	API       string
	Dashboard string // web app
}

// DataCenters are all that Zoho Books is known to run in. The web hosts of cn, sa, uk and ae
// follow the pattern of the others and are not confirmed by a page of Zoho.
var DataCenters = []DataCenter{
	{"us", "https://accounts.zoho.com", "https://www.zohoapis.com", "https://books.zoho.com"},
	{"eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu", "https://books.zoho.eu"},
	{"in", "https://accounts.zoho.in", "https://www.zohoapis.in", "https://books.zoho.in"},
	{"au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au", "https://books.zoho.com.au"},
	{"jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp", "https://books.zoho.jp"},
	{"ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca", "https://books.zohocloud.ca"},
	{"cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn", "https://books.zoho.com.cn"},
	{"sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa", "https://books.zoho.sa"},
	{"uk", "https://accounts.zoho.uk", "https://www.zohoapis.uk", "https://books.zoho.uk"},
	{"ae", "https://accounts.zoho.ae", "https://www.zohoapis.ae", "https://books.zoho.ae"},
}

// Custom is the name of a data centre whose origins a person enters.
const Custom = "custom"

// DataCenterOf finds a data centre by name.
func DataCenterOf(name string) (DataCenter, bool) {
	i := slices.IndexFunc(DataCenters, func(d DataCenter) bool { return d.Name == name })
	if i < 0 {
		return DataCenter{}, false
	}
	return DataCenters[i], true
}

// DataCenterAt finds a data centre by its accounts server.
func DataCenterAt(token string) (DataCenter, bool) {
	i := slices.IndexFunc(DataCenters, func(d DataCenter) bool { return d.Token == token })
	if i < 0 {
		return DataCenter{}, false
	}
	return DataCenters[i], true
}

// Own reports whether an origin is one of Zoho's.
func Own(origin string) bool {
	return slices.ContainsFunc(DataCenters, func(d DataCenter) bool {
		return origin == d.Token || origin == d.API || origin == d.Dashboard
	})
}

// Origin normalises scheme://host[:port]; false for anything with more or less than that.
func Origin(text string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Hostname() == "" {
		return "", false
	}
	if u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return "", false
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host, true
}

// Links builds addresses of the web app, where a person sees a document.
type Links struct {
	Dashboard    string // origin
	Organization string
}

// URL is the address of a document; "" when it is not known where. Zoho does not document it.
func (l Links) URL(r Resource, id string) string {
	if l.Dashboard == "" || l.Organization == "" || id == "" {
		return ""
	}
	return l.Dashboard + "/app/" + url.PathEscape(l.Organization) + "#/" + r.Dashboard + "/" + url.PathEscape(id)
}
