package rest

// Bodiless are the acts that read nothing from their body.
var Bodiless = bodiless
