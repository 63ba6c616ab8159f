/** What runs here: version, build and licence. */

/** How this build came about. */
export interface Build {
  readonly version: string;
  readonly commit: string;
  /** When it was committed, RFC 3339. */
  readonly date: string;
}

/** The licence in force. `expiresAt` is year 1 where there is none. */
export interface License {
  readonly isValid: boolean;
  readonly expiresAt: Date;
  /** True in cloud mode: asked for, and licensed. */
  readonly isCloud: boolean;
}

/** What runs here (GetSystemInformation). */
export interface SystemInformation extends Build {
  readonly compiler: string;
  /** Operating system and processor: `linux/x64`. */
  readonly platform: string;
  readonly license: License;
}

/** Tells what runs here. */
export interface System {
  /** True outside production: then a first look needs no token. */
  readonly isDevelopment: boolean;
  information(): SystemInformation;
}
