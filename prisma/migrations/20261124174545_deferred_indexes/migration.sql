-- CreateTable
CREATE TABLE "deferred_indexes" (
    "name" TEXT NOT NULL,
    "definition" TEXT NOT NULL,

    CONSTRAINT "deferred_indexes_pkey" PRIMARY KEY ("name")
);
