/* Shows moments in the zone and language of who looks at them, beside those that the page has already. */
Behaviour.specify("time.safe-deployments-time", "safe-deployments-time", 0, function (element) {
  const moment = new Date(element.dateTime);
  const format = { dateStyle: "medium", timeStyle: "short" };
  element.textContent = "(" + element.dataset.label + " " + moment.toLocaleString(undefined, format) + ")";
});

/* How long it is until then, in the language of who looks. */
Behaviour.specify("time.safe-deployments-left", "safe-deployments-left", 0, function (element) {
  const moment = new Date(element.dateTime);
  const format = new Intl.RelativeTimeFormat(undefined);
  const show = function () {
    const minutes = Math.ceil((moment - Date.now()) / 60000);
    const [count, unit] =
      minutes < 120 ? [minutes, "minute"] : minutes < 2880 ? [minutes / 60, "hour"] : [minutes / 1440, "day"];
    element.textContent = minutes < 1 ? "" : format.format(Math.floor(count), unit);
  };
  show();
  setInterval(show, 10000);
});
