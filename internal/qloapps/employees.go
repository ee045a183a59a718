package qloapps

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/qlobooks/qlobooks/internal/secret"
)

// Employee is somebody who may use QloApps' back office.
type Employee struct {
	ID, ProfileID string
	FirstName     string
	LastName      string
	Email         string
	Active        bool
	PasswordMD5   secret.String // of QloApps' cookie key and the password, in hexadecimal
}

const employeeColumns = "SELECT id_employee id, id_profile profile_id, firstname first_name, lastname last_name, email, active <> 0 active, passwd password_md5 FROM {p}employee "

// EmployeesByEmail gives whoever has this address, as MySQL compares texts; more than one only
// in a database that somebody changed by hand.
func (r *Reader) EmployeesByEmail(ctx context.Context, email string) ([]Employee, error) {
	// No employee has a character beyond what QloApps' texts hold, and MySQL refuses to compare them.
	if strings.ContainsFunc(email, func(c rune) bool { return c > 0xFFFF || c == utf8.RuneError }) {
		return nil, nil
	}
	var rows []Employee
	err := r.query(ctx, &rows, employeeColumns+"WHERE email = ? ORDER BY id_employee LIMIT 5", email)
	return rows, err
}

// EmployeeByID gives one employee; false when there is none.
func (r *Reader) EmployeeByID(ctx context.Context, id string) (Employee, bool, error) {
	var rows []Employee
	if err := r.query(ctx, &rows, employeeColumns+"WHERE id_employee = ?", id); err != nil || len(rows) == 0 {
		return Employee{}, false, err
	}
	return rows[0], true, nil
}
