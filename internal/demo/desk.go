package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/qlobooks/qlobooks/internal/sample"
)

// openDesk serves the sample hotel's front desk: the few pages of QloApps that a rehearsal needs,
// on one page. It gives its address, and what ends it.
func openDesk(ctx context.Context, dsn string) (string, func(), error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = db.Close()
		return "", nil, err
	}
	desk := sample.Desk{DB: db, Prefix: "qlo_", Now: time.Now}
	server := &http.Server{Handler: http.NewCrossOriginProtection().Handler(deskRoutes(desk)), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = server.Close(); _ = db.Close() }, nil
}

var orderID = regexp.MustCompile(`^[0-9]{1,10}$`)

func deskRoutes(desk sample.Desk) http.Handler {
	deeds := map[string]func(ctx context.Context, order string) error{"invoice": desk.Invoice, "pay": desk.Pay, "cancel": desk.Cancel, "refund": desk.Refund}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		orders, err := desk.Orders(r.Context())
		var page bytes.Buffer
		if err == nil {
			err = deskPage.Execute(&page, orders)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes())
	})
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		id, err := desk.Book(r.Context())
		done(w, r, fmt.Sprint(id), err)
	})
	mux.HandleFunc("POST /orders/{id}/{deed}", func(w http.ResponseWriter, r *http.Request) {
		id, deed := r.PathValue("id"), deeds[r.PathValue("deed")]
		if deed == nil || !orderID.MatchString(id) {
			http.NotFound(w, r)
			return
		}
		done(w, r, id, deed(r.Context(), id))
	})
	mux.HandleFunc("POST /lists/{section}", func(w http.ResponseWriter, r *http.Request) {
		id, err := desk.Add(r.Context(), r.PathValue("section"))
		told(w, id, err)
	})
	mux.HandleFunc("POST /lists/{section}/{id}/{deed}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		change := map[string]func(ctx context.Context, section, id string) error{"edit": desk.Edit, "retire": desk.Retire}[r.PathValue("deed")]
		if err != nil || change == nil {
			http.NotFound(w, r)
			return
		}
		told(w, id, change(r.Context(), r.PathValue("section"), strconv.Itoa(id)))
	})
	return mux
}

// told answers a program: what the desk's page does not offer is for whoever walks through the demo.
func told(w http.ResponseWriter, id int, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	_, _ = fmt.Fprintln(w, id)
}

func done(w http.ResponseWriter, r *http.Request, order string, err error) {
	switch {
	case errors.Is(err, sample.ErrNotNow):
		http.Error(w, err.Error(), http.StatusConflict)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		http.Redirect(w, r, "/#order-"+order, http.StatusSeeOther)
	}
}

var deskPage = template.Must(template.New("desk").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Front desk</title><style>
:root{color-scheme:light dark;--line:light-dark(#d6dbe1,#3a4149);--dim:light-dark(#57606a,#9aa4af);--bg:light-dark(#fff,#14181c);--ink:light-dark(#1c2127,#e6eaee)}
body{font:15px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--ink);max-width:72rem;margin:0 auto;padding:1.5rem 1rem}h1{font-size:1.5rem;margin:0}p{color:var(--dim);margin:.2rem 0 1rem}
.wrap{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--dim)}.n{text-align:right}
form{display:inline}button{font:inherit;padding:.1rem .6rem}tr:target{outline:2px solid var(--dim)}</style></head><body>
<h1>Front desk of the Larkspur hotels</h1><p>Writes what QloApps' own pages would write, and nothing to QloBooks: it finds out by itself.</p>
<form method="post" action="/orders"><button>Book a room</button></form>
<div class="wrap" tabindex="0" role="region" aria-label="Orders"><table><thead><tr><th>Order<th>Guest<th>State<th class="n">Total<th class="n">Paid<th>Invoice<th>Do</tr></thead><tbody>
{{range .}}<tr id="order-{{.ID}}"><td>{{.Reference}}<td>{{.Guest}}<td>{{.State}}<td class="n">{{.Total}} {{.Currency}}<td class="n">{{.Paid}}<td>{{if .Invoice}}{{.Invoice}}{{end}}<td>
{{if not .Canceled}}{{if not .Invoice}}<form method="post" action="/orders/{{.ID}}/invoice"><button aria-label="Invoice {{.Reference}}">Invoice</button></form> {{end}}
{{if ne .Due "0.00"}}<form method="post" action="/orders/{{.ID}}/pay"><button aria-label="Pay {{.Reference}}">Pay</button></form> {{end}}
{{if eq .Paid "0.00"}}<form method="post" action="/orders/{{.ID}}/cancel"><button aria-label="Cancel {{.Reference}}">Cancel</button></form>
{{else if and .Invoice (not .Slip)}}<form method="post" action="/orders/{{.ID}}/refund"><button aria-label="Refund {{.Reference}}">Refund half a room</button></form>{{end}}{{end}}</tr>{{end}}
</tbody></table></div></body></html>`))
