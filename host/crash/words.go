package main

import (
	"regexp"
	"strings"
)

// What is said in a run tells itself apart:
//
//	c12-5 …             the fifth message of customer c12 (w3-1: of guest w3)
//	b:TURN.1 for c12/5  the first message of a bot's turn, which answers it
//	a:ada.17 for c12/5  what agent ada said as her 17th, to the same
var (
	numbered = regexp.MustCompile(`\b[cwp]\d+-\d+\b`)
	refers   = regexp.MustCompile(`\b[cwp]\d+/\d+\b`)
	anyWord  = regexp.MustCompile(`\b(?:[cwp]\d+-\d+|[ab]:[^\s]+)`)
)

// What a customer adds to a message to get something else than an answer.
const (
	wantsPerson = "person"
	saysBye     = "bye"
)

// numbersIn are the numbers of customers' messages in a text.
func numbersIn(text string) []string { return numbered.FindAllString(text, -1) }

// wordsIn are all that was said in a text: what the customer, bots and agents
// said, told apart.
func wordsIn(text string) []string { return anyWord.FindAllString(text, -1) }

// answersTo refers to messages.
func answersTo(numbers []string) string {
	if len(numbers) == 0 {
		return ""
	}
	return "for " + strings.ReplaceAll(strings.Join(numbers, " "), "-", "/")
}

// answersIn are the numbers of the messages that a text refers to.
func answersIn(text string) []string {
	var numbers []string
	for _, n := range refers.FindAllString(text, -1) {
		numbers = append(numbers, strings.Replace(n, "/", "-", 1))
	}
	return numbers
}

// whose is the customer whose message a number is.
func whose(number string) string {
	name, _, _ := strings.Cut(number, "-")
	return name
}
