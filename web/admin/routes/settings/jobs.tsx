import { api } from "../../core/calls";
import { dateTime, number, t, word } from "../../core/text";
import type { Job } from "../../model";
import { Await, Empty } from "../../ui/states";
import { toast, toastError } from "../../ui/toast";
import { useItems } from "./parts";

/** Work that failed for good, such as a mail that no server took: nothing is lost silently. */
export function Jobs() {
  const jobs = useItems<Job>("/jobs?state=dead");
  const retry = (job: Job) =>
    api.post(`/jobs/${encodeURIComponent(job.id)}/retry`).then(() => {
      toast(t("jobs.again"));
      jobs.reload();
    }, toastError);
  return (
    <>
      <p class="muted">{t("jobs.lead")}</p>
      <Await of={jobs}>
        {({ items }) =>
          items.length ? (
            <div class="table-box" tabIndex={0} role="region" aria-label={t("settings.jobs")}>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">{t("jobs.kind")}</th>
                    <th scope="col">{t("jobs.reason")}</th>
                    <th scope="col" class="num">{t("jobs.attempts")}</th>
                    <th scope="col">{t("jobs.due")}</th>
                    <th scope="col">
                      <span class="visually-hidden">{t("do.again")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((job) => (
                    <tr key={job.id}>
                      <td class="mono">{job.kind}</td>
                      <td>{job.reason ? word(`reason.${job.reason}`, job.reason) : "–"}</td>
                      <td class="num">{number(job.attempts)}</td>
                      <td>{dateTime(job.due_at)}</td>
                      <td>
                        <button class="btn small" type="button" onClick={() => void retry(job)}>
                          {t("do.again")}
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <Empty icon="check" title={t("jobs.none")} />
          )
        }
      </Await>
    </>
  );
}
