package books

import (
	"bytes"
	"html/template"
	"net/http"
)

// pageRoutes show the books to people: everything at /, one record at /app/{organization}#/…
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /app/{org}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(appPage))
	})
	mux.HandleFunc("GET /record/{id}", s.recordPage)
}

// appPage turns the web application's addresses into the page of the record.
const appPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rehearsal books</title><body>
<script>const m=location.hash.match(/(\d+)\/?$/);location.replace(m?"/record/"+m[1]:"/")</script><a href="/">To the books</a></body></html>`

var sections = []struct{ Module, Title string }{
	{"invoices", "Invoices"}, {"customerpayments", "Payments received"}, {"creditnotes", "Credit notes"}, {"salesorders", "Sales orders"}, {"contacts", "Customers"}, {"items", "Items"},
}

const pageStyle = `<style>
:root{color-scheme:light dark;--line:light-dark(#d6dbe1,#3a4149);--dim:light-dark(#57606a,#9aa4af);--bg:light-dark(#fff,#14181c);--ink:light-dark(#1c2127,#e6eaee);--link:light-dark(#0b5cad,#7db8f5)}
body{font:15px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--ink);max-width:72rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{color:var(--dim);margin:.2rem 0 0}
.wrap{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--dim);font-weight:600}.n{text-align:right}a{color:var(--link)}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--dim)}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem}
</style>`

var listPage = template.Must(template.New("list").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Name}} · rehearsal books</title>` + pageStyle + `</head><body>
<h1>{{.Name}}</h1><p>A rehearsal of Zoho Books. Nothing here reaches anybody. Calls today: {{.Today}} of {{.PerDay}}.</p>
{{range .Sections}}<h2>{{.Title}} ({{len .Rows}})</h2>{{if .Rows}}<div class="wrap" tabindex="0" role="region" aria-label="{{.Title}}"><table><thead><tr><th>Number or name<th>Customer<th>Date<th>Status<th class="n">Total<th class="n">Open<th>Key</tr></thead><tbody>
{{range .Rows}}<tr><td><a href="/record/{{.ID}}">{{.Name}}</a><td>{{.Contact}}<td>{{.Date}}<td>{{.Status}}<td class="n">{{if .Date}}{{.Total}} {{.Currency}}{{end}}<td class="n">{{if .Date}}{{.Balance}}{{end}}<td>{{.Key}}</tr>{{end}}</tbody></table></div>{{else}}<p>None yet.</p>{{end}}{{end}}
</body></html>`))

var detailPage = template.Must(template.New("detail").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Name}} · rehearsal books</title>` + pageStyle + `</head><body>
<p><a href="/">All books</a></p><h1>{{.Name}}</h1><dl><dt>Kind<dd>{{.Module}}<dt>Status<dd>{{.Status}}<dt>Customer<dd>{{.Contact}}<dt>Date<dd>{{.Date}}<dt>Total<dd>{{.Total}} {{.Currency}}<dt>Tax<dd>{{.Tax}}<dt>Open<dd>{{.Balance}}<dt>Key<dd>{{.Key}}</dl>
<h2>As the API answers it</h2><pre>{{printf "%s" .Body}}</pre></body></html>`))

func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	type section struct {
		Title string
		Rows  []Record
	}
	view := struct {
		Name          string
		Today, PerDay int
		Sections      []section
	}{Name: s.opts.Name, PerDay: s.opts.PerDay}
	records := s.Snapshot()
	for _, want := range sections {
		sec := section{Title: want.Title}
		for _, r := range records {
			if r.Module == want.Module {
				sec.Rows = append(sec.Rows, r)
			}
		}
		view.Sections = append(view.Sections, sec)
	}
	s.mu.Lock()
	view.Today = s.limits.today
	s.mu.Unlock()
	render(w, listPage, view)
}

func (s *Server) recordPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	d := s.byID[r.PathValue("id")]
	var record Record
	if d != nil {
		record = s.record(d)
	}
	s.mu.Unlock()
	if d == nil {
		http.NotFound(w, r)
		return
	}
	render(w, detailPage, record)
}

func render(w http.ResponseWriter, t *template.Template, view any) {
	var page bytes.Buffer
	if err := t.Execute(&page, view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes())
}
