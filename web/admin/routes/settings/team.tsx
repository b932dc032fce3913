import { useState } from "preact/hooks";
import { api } from "../../core/calls";
import { desk } from "../../core/session";
import { t, word } from "../../core/text";
import { atLeast, type Role, type User } from "../../model";
import { Avatar } from "../../ui/avatar";
import { Confirm } from "../../ui/confirm";
import { Choice, Code, Field, Form, IconButton } from "../../ui/controls";
import { Await } from "../../ui/states";
import { toast, toastError } from "../../ui/toast";
import { Part, useItems } from "./parts";

export function Team() {
  const users = useItems<User>("/users");
  return (
    <>
      <Await of={users}>
        {({ items }) => (
          <ul class="people-list">
            {items.map((user) => (
              <Member key={user.id} user={user} onChange={users.reload} />
            ))}
          </ul>
        )}
      </Await>
      <Part title={t("team.invite")} lead={t("team.inviteHint")}>
        <Invite />
      </Part>
    </>
  );
}

/** Nobody gives a higher role than the own one. */
function roleOptions(): (readonly [Role, string])[] {
  const mine = desk.me.value!.user.role;
  return (["agent", "admin", "owner"] as const)
    .filter((role) => atLeast(mine, role))
    .map((role) => [role, t(`role.${role}`)] as const);
}

function Member({ user, onChange }: { user: User; onChange: () => void }) {
  const me = desk.me.value!.user;
  const [removing, setRemoving] = useState(false);
  const path = `/users/${encodeURIComponent(user.id)}`;
  const fixed = user.id === me.id || !atLeast(me.role, user.role);
  const setRole = (role: Role) =>
    api.patch(path, { role }).then(() => {
      toast(t("do.saved"));
      onChange();
    }, toastError);
  return (
    <li class="person-row">
      <Avatar id={user.id} name={user.name} />
      <div class="grow ellipsis">
        <strong dir="auto">{user.name}</strong>
        <div class="muted ellipsis">
          {user.email}
          {user.state !== "active" && ` · ${word(`user.${user.state}`, user.state)}`}
        </div>
      </div>
      {fixed ? (
        <span class="muted">{t(`role.${user.role}`)}</span>
      ) : (
        <Choice
          bare
          label={t("team.role", { name: user.name })}
          value={user.role}
          options={roleOptions()}
          onChange={(role) => void setRole(role)}
        />
      )}
      {!fixed && (
        <IconButton icon="erase" label={t("team.remove", { name: user.name })} onClick={() => setRemoving(true)} />
      )}
      {removing && (
        <Confirm
          title={t("team.remove", { name: user.name })}
          act={t("do.remove")}
          onClose={() => setRemoving(false)}
          onAct={async () => {
            await api.del(path);
            onChange();
          }}
        >
          <p>{t("team.removeHint")}</p>
        </Confirm>
      )}
    </li>
  );
}

export function Invite() {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [link, setLink] = useState("");
  const invite = async () => {
    const answer = await api.post<{ link: string }>("/invitations", { email: email.trim(), role });
    setLink(answer.link);
    setEmail("");
  };
  return (
    <>
      <Form submit={t("team.do")} onSubmit={invite}>
        <Field label={t("sign.email")} type="email" required value={email} onInput={setEmail} />
        <Choice label={t("team.as")} value={role} options={roleOptions()} onChange={setRole} />
      </Form>
      {link && (
        <div class="stack" role="status">
          <p>{t("team.link")}</p>
          <Code text={link} label={t("team.invite")} />
        </div>
      )}
    </>
  );
}
