/** People and machines are created in an account and edited, by whoever may write them and, in part, by themselves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../support/faces.deed.js';
import { at, faceNames, openScene, refused, statuses, type Face, type Scene } from '../support/faces.js';
import { personNamed, type HumanInput } from '../support/faces.shown.js';
import { owned } from '../support/user-life.js';
import type { Person, Team, World } from '../support/world.js';

const { conflict, denied, invalid, notFound, precondition } = statuses;
const taken = refused(conflict, 'userName');

describe.each(faceNames)('Over %s', (name) => {
  let scene: Scene;
  let world: World;
  let face: Face;
  let team: Team;
  /** The admin, in the team. */
  let ann: Person & Actor;
  let olga: Person;

  beforeAll(async () => {
    scene = await openScene(name);
    ({ world, face } = scene);
    team = await world.team('acme').admin('Ann').viewer('Vic').made();
    ann = at(team.people['Ann'] as Person, team.id);
    olga = await world.person('Olga', { operator: true });
  });
  afterAll(() => scene.close());

  const add = async (userName: string, more: Partial<HumanInput> = {}) => {
    const { value, told } = await face.addHuman(ann, personNamed(userName, more));
    if (value === null) throw new Error(`${userName} was refused: ${told}`);
    return value;
  };
  const addMachine = async (userName: string, more: object = {}) =>
    (await face.addMachine(ann, { userName, name: userName, ...more })).value ?? '';
  const see = async (id: string) => (await face.user(ann, id)).value;

  describe('creating', () => {
    it('a person with a verified e-mail makes an ACTIVE member that the account owns', async () => {
      const id = await add(' Gigi ', {
        profile: {
          firstName: 'Gigi',
          lastName: 'Giraffe',
          nickName: '',
          preferredLanguage: 'de-CH',
          gender: 'DIVERSE',
        },
        email: { email: 'GIGI@acme.test', isEmailVerified: true },
        phone: { phone: '+41 (79) 123-45.67' },
      });
      const gigi = await see(id);
      expect(gigi).toEqual({
        id,
        state: 'ACTIVE',
        userName: 'Gigi',
        loginNames: ['Gigi'],
        preferredLoginName: 'Gigi',
        details: {
          sequence: '1',
          resourceOwner: team.id,
          creationDate: gigi?.details.changeDate,
          changeDate: expect.stringMatching(/^20/) as string,
        },
        profile: {
          firstName: 'Gigi',
          lastName: 'Giraffe',
          nickName: '',
          displayName: 'Gigi Giraffe',
          preferredLanguage: 'de-CH',
          gender: 'DIVERSE',
          avatarUrl: '',
        },
        email: { email: 'GIGI@acme.test', isEmailVerified: true },
        phone: { phone: '+41791234567', isPhoneVerified: false },
        machine: null,
      });
      expect((await face.userNamed(ann, 'gIGI')).value).toEqual(gigi);
      expect((await face.userNamed(ann, 'nobody')).status).toBe(notFound);
      const members = (await face.members(ann, team.id)).value;
      expect(members).toContainEqual({ id, name: 'Gigi Giraffe', email: 'GIGI@acme.test', role: 'JOB_VIEWER' });
    });

    it('a person whose e-mail is not verified makes an INITIAL one, a machine an ACTIVE one', async () => {
      expect(await see(await add('initial', { email: { email: 'i@acme.test' } }))).toMatchObject({ state: 'INITIAL' });
      expect(await see(await addMachine('back\\slash', { name: 'CI', accessTokenType: 'JWT' }))).toMatchObject({
        state: 'ACTIVE',
        userName: 'back\\slash',
        profile: null,
        email: null,
        phone: null,
        machine: { name: 'CI', description: '', hasSecret: false, accessTokenType: 'JWT' },
      });
    });

    it('takes no name that somebody has, whatever its letter case', async () => {
      await add('Taken');
      const globex = await world.team('globex').admin('Greg').made();
      const greg = at(globex.people['Greg'] as Person, globex.id);
      for (const userName of ['taken', 'TAKEN', ' Taken']) {
        expect(await face.addHuman(greg, personNamed(userName))).toMatchObject(taken);
        expect(await face.addMachine(greg, { userName, name: 'x' })).toMatchObject(taken);
      }
    });

    it('makes one user of ten who come with one name at once', async () => {
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, n) => face.addHuman(ann, personNamed(n % 2 ? 'Race' : 'race'))),
      );
      expect(made.filter(({ status }) => status === 0)).toHaveLength(1);
      for (const answer of made.filter(({ status }) => status !== 0)) expect(answer).toMatchObject(taken);
    });

    it.each<[string, Partial<HumanInput>]>([
      ['userName', { userName: ' ' }],
      ['userName', { userName: 'x'.repeat(201) }],
      ['firstName', { profile: { firstName: '', lastName: 'x' } }],
      ['lastName', { profile: { firstName: 'x', lastName: '\u0000' } }],
      ['preferredLanguage', { profile: { firstName: 'x', lastName: 'x', preferredLanguage: 'not a tag' } }],
      ['email', { email: { email: 'nobody' } }],
      ['phone', { phone: { phone: '079 123 45 67' } }],
      ['phone', { phone: { phone: `+4${' '.repeat(60)}1791234567` } }],
    ])('names %s as the fault of %j', async (field, more) => {
      expect(await face.addHuman(ann, personNamed('faulty', more))).toMatchObject(refused(invalid, field));
    });

    it('is for who may update the account', async () => {
      const stranger = (await world.team('others').admin('Otto').made()).people['Otto'] as Person;
      for (const who of [at(await world.person('Vic'), team.id), at(stranger, team.id)]) {
        expect(await face.addHuman(who, personNamed('intruder'))).toMatchObject(refused(denied));
        expect(await face.addMachine(who, { userName: 'intruder', name: 'x' })).toMatchObject(refused(denied));
      }
      const id = await add('walled');
      expect((await face.user(at(stranger, team.id), id)).status).toBe(notFound);
      expect(await face.rename(at(stranger, team.id), id, 'mine')).toMatchObject(refused(notFound, 'id'));
    });
  });

  describe('editing', () => {
    it('replaces a profile whole and counts the change', async () => {
      const id = await add('profiled', {
        profile: { firstName: 'A', lastName: 'B', nickName: 'N', gender: 'FEMALE' },
      });
      const profile = { firstName: 'C', lastName: 'D', displayName: 'Cee Dee' };
      expect((await face.setProfile(ann, id, profile)).value).toEqual({ sequence: '2', resourceOwner: team.id });
      expect(await see(id)).toMatchObject({
        details: { sequence: '2' },
        profile: { firstName: 'C', lastName: 'D', nickName: '', displayName: 'Cee Dee', gender: null },
      });
      expect(await face.setProfile(ann, id, profile)).toMatchObject(refused(precondition));
    });

    it('moves the change date, and never the creation date', async () => {
      const id = await add('dated');
      const before = (await see(id))?.details;
      expect(before?.changeDate).toBe(before?.creationDate);
      world.testApp.clock.advance(5);
      expect((await face.rename(ann, id, 'dated-2')).status).toBe(0);
      const after = (await see(id))?.details;
      expect(after?.creationDate).toBe(before?.creationDate);
      expect(Date.parse(after?.changeDate ?? '')).toBeGreaterThan(Date.parse(before?.changeDate ?? ''));
    });

    it('renames a user, whose old name is free again and whose new one is its login name', async () => {
      const id = await add('Old');
      const other = await add('Other');
      expect((await face.rename(ann, id, 'OLD')).status).toBe(0);
      expect(await see(id)).toMatchObject({ loginNames: ['OLD'] });
      expect((await face.rename(ann, id, 'New')).status).toBe(0);
      expect(await see(id)).toMatchObject({ userName: 'New', loginNames: ['New'] });
      expect(await face.rename(ann, other, 'nEW')).toMatchObject(taken);
      expect(await face.rename(ann, id, 'New')).toMatchObject(refused(precondition));
      expect(await face.rename(ann, id, ' ')).toMatchObject(refused(invalid, 'userName'));
      expect((await face.rename(ann, other, 'old')).status).toBe(0);
    });

    it('keeps further login names, and takes none of somebody else', async () => {
      const id = await add('further');
      const { query } = world.testApp.database;
      await query(
        `INSERT INTO user_login_names (user_id, login_name) VALUES ($1, 'imported@acme.test'), ($1, 'Third')`,
        [id],
      );
      await query(
        `UPDATE users SET other_login_names = E'\\u0002imported@acme.test\\u0002Third\\u0002' WHERE id = $1`,
        [id],
      );
      expect(await face.addHuman(ann, personNamed('IMPORTED@acme.test'))).toMatchObject(taken);
      const named = async (text: string) =>
        (await olga.ask('query ($f: [UserFilter!]) { users(filter: $f) { nodes { id } } }', {
          f: { loginName: { containsIgnoreCase: text } },
        })) as unknown;
      const found = (...ids: string[]) => ({ data: { users: { nodes: ids.map((one) => ({ id: one })) } } });
      expect(await named('MPORTED@ac')).toMatchObject(found(id));
      expect((await face.rename(ann, id, 'furthest')).status).toBe(0);
      expect(await named('FURTHES')).toMatchObject(found(id));
      expect(await see(id)).toMatchObject({ loginNames: ['furthest', 'Third', 'imported@acme.test'] });
      expect((await face.rename(ann, id, 'Imported@acme.test')).status).toBe(0);
      expect(await see(id)).toMatchObject({ loginNames: ['Imported@acme.test', 'Third'] });
      expect(await named('MPORTED@ac')).toMatchObject(found(id));
      expect(await named('FURTHES')).toMatchObject(found());
      expect(await named('HIRD')).toMatchObject(found(id));
      const others = () => query('SELECT other_login_names AS others FROM users WHERE id = $1', [id]);
      expect(await others()).toEqual([{ others: '\u0002Third\u0002' }]);
      expect((await face.rename(ann, id, 'third')).status).toBe(0);
      expect(await see(id)).toMatchObject({ loginNames: ['third'] });
      expect(await others()).toEqual([{ others: null }]);
      expect(await named('MPORTED@ac')).toMatchObject(found());
      expect(await named('HIRD')).toMatchObject(found(id));
      expect((await face.rename(ann, id, 'fourth')).status).toBe(0);
      expect(await named('HIRD')).toMatchObject(found());
    });

    it('makes an INITIAL person ACTIVE by a verified e-mail, also underneath a lock', async () => {
      const email = { email: 'proof@acme.test' };
      const open = await add('open', { email });
      const locked = await add('locked', { email });
      await face.lock(ann, locked);
      for (const id of [open, locked]) {
        expect((await face.setEmail(ann, id, { ...email, isEmailVerified: true })).status).toBe(0);
      }
      await face.unlock(ann, locked);
      expect([await see(open), await see(locked)]).toMatchObject([{ state: 'ACTIVE' }, { state: 'ACTIVE' }]);
    });

    it('takes the proof from a changed address, and removes a phone', async () => {
      const id = await add('addressed', { phone: { phone: '+4912345', isPhoneVerified: true } });
      expect((await face.setEmail(ann, id, { email: 'new@acme.test' })).status).toBe(0);
      expect(await see(id)).toMatchObject({
        state: 'ACTIVE',
        email: { email: 'new@acme.test', isEmailVerified: false },
      });
      expect((await face.setPhone(ann, id, { phone: '+4954321' })).status).toBe(0);
      expect((await see(id))?.phone).toEqual({ phone: '+4954321', isPhoneVerified: false });
      expect((await face.setPhone(ann, id, null)).status).toBe(0);
      expect((await see(id))?.phone).toEqual({ phone: '', isPhoneVerified: false });
      expect(await face.setPhone(ann, id, null)).toMatchObject(refused(precondition));
    });

    it('replaces what is known of a machine', async () => {
      const id = await addMachine('bot', { description: 'Builds', accessTokenType: 'JWT' });
      const machine = { name: 'Bot', description: '', accessTokenType: 'BEARER' } as const;
      expect((await face.setMachine(ann, id, machine)).value?.sequence).toBe('2');
      expect((await see(id))?.machine).toEqual({ ...machine, hasSecret: false });
      expect(await face.setMachine(ann, id, machine)).toMatchObject(refused(precondition));
    });

    it('is for the right type of user', async () => {
      const machine = await addMachine('typed');
      const person = await add('typed-person');
      const profile = { firstName: 'x', lastName: 'y', displayName: 'z' };
      const wrong = refused(precondition, 'id');
      expect(await face.setProfile(ann, machine, profile)).toMatchObject(wrong);
      expect(await face.setEmail(ann, machine, { email: 'a@b.cc' })).toMatchObject(wrong);
      expect(await face.setPhone(ann, machine, null)).toMatchObject(wrong);
      const bot = { name: 'x', description: '', accessTokenType: 'JWT' } as const;
      expect(await face.setMachine(ann, person, bot)).toMatchObject(wrong);
    });
  });

  describe('somebody itself', () => {
    it('may change profile, e-mail and phone, and nothing else', async () => {
      const uma = await owned(world, team, ann, 'Uma', 'JOB_VIEWER');
      const { id } = uma;
      const profile = { firstName: 'U', lastName: 'M', displayName: 'U M' };
      expect((await face.setProfile(uma, id, profile)).status).toBe(0);
      expect((await face.setPhone(uma, id, { phone: '+4912345' })).status).toBe(0);
      expect((await face.setEmail(uma, id, { email: 'u@acme.test' })).status).toBe(0);
      expect(await face.rename(uma, id, 'queen')).toMatchObject(refused(denied));
      for (const act of ['lock', 'deactivate', 'removeUser'] as const) {
        expect(await face[act](uma, id)).toMatchObject(refused(denied));
      }
    });

    it('never calls an address of its own verified, not even as an operator', async () => {
      const una = await owned(world, team, ann, 'Una', 'ADMIN');
      const phone = { phone: '+4912345', isPhoneVerified: true };
      for (const who of [una, olga]) {
        const email = { email: 'una@elsewhere.test', isEmailVerified: true };
        expect(await face.setEmail(who, who.id, email)).toMatchObject(refused(denied));
        expect(await face.setPhone(who, who.id, phone)).toMatchObject(refused(denied));
      }
    });

    it('keeps what was edited here when it signs in again', async () => {
      const vic = await world.person('Vic');
      const profile = { firstName: 'Victor', lastName: 'Edited', displayName: 'Victor Edited' };
      expect((await face.setProfile(vic, vic.id, profile)).status).toBe(0);
      expect((await face.setEmail(vic, vic.id, { email: 'victor@home.test' })).status).toBe(0);
      expect((await face.signIn(vic)).value).toBe(vic.id);
      expect((await face.me(vic)).value).toMatchObject({
        profile: { firstName: 'Victor', displayName: 'Victor Edited', nickName: '' },
        email: { email: 'victor@home.test', isEmailVerified: false },
      });
    });
  });
});
