/** What must hold for the members of an account. */
import { AppError, forbidden } from '../../kernel/errors.js';
import type { AccountRole, Scope } from '../access/access.js';

/** An account always keeps an admin who can act. Deactivated and locked admins do not count. */
export function keepAnAdmin(before: AccountRole | null, after: AccountRole | null, otherAdmins: number): void {
  if (before === 'ADMIN' && after !== 'ADMIN' && otherAdmins === 0) {
    throw new AppError(
      'precondition',
      'LAST_ADMIN',
      'This is the last admin of the account. Make somebody else admin first.',
      {
        path: ['userId'],
      },
    );
  }
}

/** Only team and enterprise accounts have members and invites to manage. */
export function demandTeam(scope: Scope): void {
  if (scope.accountType !== 'TEAM' && scope.accountType !== 'ENTERPRISE') throw forbidden();
}

/** The same for all accounts of a user who is about to be of no use any more. */
export function demandOtherAdmins(accountsLeftAlone: number): void {
  if (accountsLeftAlone === 0) return;
  throw new AppError(
    'precondition',
    'LAST_ADMIN',
    'This is the last admin of an account. Make somebody else admin there first.',
    { path: ['id'] },
  );
}
