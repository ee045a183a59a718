package zoho

// DataCenter is one of Zoho's regions; each field is an origin.
type DataCenter struct{ Token, API, Dashboard string }

// DataCenters are Zoho's regions by the names that people choose.
var DataCenters = map[string]DataCenter{
	"us": {"https://accounts.zoho.com", "https://www.zohoapis.com", "https://books.zoho.com"},
	"eu": {"https://accounts.zoho.eu", "https://www.zohoapis.eu", "https://books.zoho.eu"},
	"in": {"https://accounts.zoho.in", "https://www.zohoapis.in", "https://books.zoho.in"},
	"au": {"https://accounts.zoho.com.au", "https://www.zohoapis.com.au", "https://books.zoho.com.au"},
	"jp": {"https://accounts.zoho.jp", "https://www.zohoapis.jp", "https://books.zoho.jp"},
	"ca": {"https://accounts.zohocloud.ca", "https://www.zohoapis.ca", "https://books.zohocloud.ca"},
	"cn": {"https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn", "https://books.zoho.com.cn"},
	"sa": {"https://accounts.zoho.sa", "https://www.zohoapis.sa", "https://books.zoho.sa"},
	"uk": {"https://accounts.zoho.uk", "https://www.zohoapis.uk", "https://books.zoho.uk"},
	"ae": {"https://accounts.zoho.ae", "https://www.zohoapis.ae", "https://books.zoho.ae"},
}
