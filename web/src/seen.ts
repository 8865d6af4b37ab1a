// Tells the server that a browser shows this page, so that it can be measured how many people open
// it and do not press its button. By POST: a scanner that only fetches the page is not counted.
navigator.sendBeacon(`${location.pathname}/seen`);
