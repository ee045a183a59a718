import classes from "./Overview.module.css";

/** what a chart's marks mean; its label and its table say the same to who does not see it */
export function Legend({ names }: { names: Record<string, string> }) {
  return (
    <ul className={classes.legend} aria-hidden>
      {Object.entries(names).map(([key, name]) => (
        <li key={key}>
          <i data-kind={key} />
          {name}
        </li>
      ))}
    </ul>
  );
}
