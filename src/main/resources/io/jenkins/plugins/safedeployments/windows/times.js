/* Shows moments in the zone and language of who looks at them, beside those that the page has already. */
Behaviour.specify("time.safe-deployments-time", "safe-deployments-time", 0, function (element) {
  const moment = new Date(element.dateTime);
  const format = { dateStyle: "medium", timeStyle: "short" };
  element.textContent = "(" + element.dataset.label + " " + moment.toLocaleString(undefined, format) + ")";
});
