package sample

import (
	"crypto/md5"
	"encoding/hex"
)

// CookieKey is the sample installation's _COOKIE_KEY_, which its employees' passwords depend on.
const CookieKey = "LarkspurLarkspurLarkspurLarkspurLarkspurLarkspurLarkspur"

// Employee is somebody of the sample hotel who may use the back office, or no longer.
type Employee struct {
	ID, Profile                  int
	First, Last, Email, Password string
	Active                       bool
}

// Employees are one SuperAdmin, two people with other profiles and one who has left.
var Employees = []Employee{
	{1, 1, "Maren", "Holt", "maren@larkspur.example", "orchard lane 4", true},
	{2, 3, "Tomas", "Reyes", "tomas@larkspur.example", "double entry", true},
	{3, 2, "Ines", "Falk", "ines@larkspur.example", "front desk 24", true},
	{4, 1, "Oskar", "Lund", "oskar@larkspur.example", "gone fishing", false},
}

func (w *writer) employee(e Employee) {
	sum := md5.Sum([]byte(CookieKey + e.Password)) // as QloApps keeps passwords
	w.insert("employee", "id_employee, id_profile, firstname, lastname, email, passwd, last_passwd_gen, active",
		e.ID, e.Profile, e.First, e.Last, e.Email, hex.EncodeToString(sum[:]), w.text(w.day(90)), e.Active)
}
