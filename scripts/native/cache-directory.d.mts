/** Where everything that may be made again is kept; `MIXTENTION_CACHE` overrides the platform's custom. */
export declare function cacheDirectory(env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform, home?: string): string;
